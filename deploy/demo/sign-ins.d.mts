export interface SignIn {
  name: string;
  user: string;
  password: string;
  role: string;
  /** The console path to open first. */
  where: string;
}

/** The demo people as the launcher's table shows them. */
export function demoSignIns(): SignIn[];

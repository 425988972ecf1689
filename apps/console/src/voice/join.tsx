export function JoinSession() { return null; }

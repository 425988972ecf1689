/** A service that takes events provides its Nest transport strategy under this token; the platform connects it. */
export const TRANSPORT = Symbol('TRANSPORT');

/** The name of the service that is running in this module tree. */
export const SERVICE = Symbol('SERVICE');

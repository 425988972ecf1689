import { ApiHeader } from '@nestjs/swagger';
import type { ApiHeaderOptions } from '@nestjs/swagger';

/** Puts a header that a parameter's decorator reads into the OpenAPI document of its route. */
export function describeHeader(
  controller: object,
  method: string | symbol | undefined,
  header: ApiHeaderOptions,
): void {
  if (method === undefined) return;
  const route = Object.getOwnPropertyDescriptor(controller, method);
  if (route) ApiHeader(header)(controller, method, route);
}

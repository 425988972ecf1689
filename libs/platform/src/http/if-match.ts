import { Headers } from '@nestjs/common';
import { describeHeader } from './described-header.js';

/** `@IfMatch() ifMatch: string | undefined`: the ETag of what the caller read, as it came; see `versionOf`. */
export function IfMatch(): ParameterDecorator {
  return (controller, method, index) => {
    Headers('if-match')(controller, method, index);
    describeHeader(controller, method, {
      name: 'If-Match',
      required: true,
      description:
        'The ETag of what was read, so that nobody’s change is lost: 412 when it has changed since.',
    });
  };
}

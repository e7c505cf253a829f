/** A floor: what no tracer can do without, whatever it does else. */

import { findNodeMessage } from '../../src/telemetry/node-exchange.ts';

type Answer = Response | Promise<Response>;

/** What the looks leave behind, so that no engine leaves them out. */
export const lookedAt = { url: '', traceparent: '', baggage: '', status: 0 };

/**
 * Looks at what continues a trace (the URL, `traceparent`, `baggage`) and at the outcome (the status), and does nothing
 * with it. Headers come from where the layer has them: on Node from its own record, elsewhere from the request.
 */
export function withHeadersRead(
  handler: (request: Request) => Answer,
): (request: Request, ...rest: unknown[]) => Answer {
  return (request, ...rest) => {
    const message = findNodeMessage(rest);
    const read = (name: string) =>
      String(message === null ? request.headers.get(name) : message.headers[name]);
    lookedAt.url = request.url;
    lookedAt.traceparent = read('traceparent');
    lookedAt.baggage = read('baggage');
    const answer = handler(request);
    return answer instanceof Promise ? answer.then(readStatus) : readStatus(answer);
  };
}

function readStatus(response: Response): Response {
  lookedAt.status = response.status;
  return response;
}

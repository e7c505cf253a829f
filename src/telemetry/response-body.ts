/** Watches a streaming response to its end. */

export interface BodyObserver {
  /** The body was read to its end. */
  ended(sizeBytes: number): void;
  failed(error: unknown, sizeBytes: number): void;
  /** Whoever read it went away. */
  cancelled(sizeBytes: number): void;
}

/** Made in one piece by the helpers of Hono and of the platform, unless a transfer encoding says otherwise. */
const WHOLE_TYPES =
  /^(?:application\/(?:[\w.-]+\+)?json|application\/javascript|text\/(?:html|plain|css|javascript))\b/i;

/**
 * Bun says nothing of the type of a text until it is sent, and forgets it when `body` is asked for: there, an answer
 * without a type is taken for a text. Elsewhere only streams and bytes have no type (Fetch Standard, "extract a body").
 */
let hidesTextType: boolean | null = null;

function isWholeWithoutType(): boolean {
  hidesTextType ??= new Response('').headers.get('content-type') === null;
  return hidesTextType;
}

/** The last type that was found to be whole: most answers of a service have the same. */
let lastWholeType = '';

function isWholeType(type: string): boolean {
  if (type === lastWholeType) return true;
  if (!WHOLE_TYPES.test(type)) return false;
  lastWholeType = type;
  return true;
}

/**
 * True when the response may still be produced after it is returned. Asking for `body` makes Bun turn a text into a
 * stream, so headers decide where they can; on Bun a stream must have a content type to be seen.
 */
export function isStreaming(response: Response): boolean {
  const { headers } = response;
  const type = headers.get('content-type');
  const isWhole = type === null ? isWholeWithoutType() : isWholeType(type);
  if (isWhole && !headers.has('transfer-encoding')) return false;
  return !headers.has('content-length') && response.body !== null;
}

/**
 * True when all that is said of a response is that its type is one that is whole: it has no length either. Only Bun
 * counts header fields, which costs less than to look for two that are not there.
 */
export function hasOnlyWholeType(headers: Headers): boolean {
  if ((headers as { readonly count?: number }).count !== 1) return false;
  const type = headers.get('content-type');
  return type !== null && isWholeType(type);
}

/** The same response; `observer` learns once how its body ended. The response's own body is taken over. */
export function observeBody(response: Response, observer: BodyObserver): Response {
  const { body } = response;
  if (body === null) {
    observer.ended(0);
    return response;
  }
  return new Response(observeStream(body, observer), response);
}

function observeStream(
  body: ReadableStream<Uint8Array>,
  observer: BodyObserver,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let sizeBytes = 0;
  let isOver = false;
  /** A read that was pending when the reader went away ends too: the first word counts. */
  const once = (tell: () => void): void => {
    if (isOver) return;
    isOver = true;
    tell();
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          if (!isOver) controller.close();
          once(() => observer.ended(sizeBytes));
          return;
        }
        sizeBytes += value.byteLength;
        controller.enqueue(value);
      } catch (error) {
        once(() => observer.failed(error, sizeBytes));
        controller.error(error);
      }
    },
    async cancel(reason) {
      once(() => observer.cancelled(sizeBytes));
      await reader.cancel(reason);
    },
  });
}

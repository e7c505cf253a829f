/** Where a client is in the streams of all objects: their places, in the order of the objects, joined by dots. */

const PLACES = /^\d{1,16}-\d{1,16}(\.\d{1,16}-\d{1,16})*$/;

export function toPlaces(places: readonly string[]): string {
  return places.join('.');
}

/** Null when it is no place of these objects' streams, as after their number has changed. */
export function fromPlaces(text: string | null, objectsCount: number): readonly string[] | null {
  if (text === null || !PLACES.test(text)) return null;
  const places = text.split('.');
  return places.length === objectsCount ? places : null;
}

/** As the header or the parameter of the stream's route has it. */
export function readPlaces(request: Request): string | null {
  const { searchParams } = new URL(request.url);
  return request.headers.get('last-event-id') ?? searchParams.get('lastEventId');
}

/** The request for one object, which knows its own place only. */
export function withPlace(request: Request, place: string | null): Request {
  const url = new URL(request.url);
  url.searchParams.delete('lastEventId');
  if (place !== null) url.searchParams.set('lastEventId', place);
  const headers = new Headers(request.headers);
  headers.delete('last-event-id');
  return new Request(url.href, { method: 'GET', headers, signal: request.signal });
}

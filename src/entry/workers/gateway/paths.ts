/** Paths that the Worker looks at. */

export const STREAM_PATH = '/api/opportunities/stream';

/** Of calls from the Worker to an object; nobody outside reaches them. */
export const SHARD_CALL_PREFIX = '/__shard/';

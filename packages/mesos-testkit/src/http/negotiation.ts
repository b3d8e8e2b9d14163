import type { WireFormat } from '@galaxy-mesos/mesos-client';

const noQuality = /^q=0(\.0*)?$/;

/**
 * Whether a header Accept allows a media type, as Mesos reads it: the order of preference counts for nothing,
 * only `q=0` excludes.
 */
export function accepts(header: string | undefined, mediaType: string): boolean {
  if (header === undefined) return true;
  const [family = ''] = mediaType.split('/');
  return header.split(',').some((entry) => {
    const [range = '', ...parameters] = entry.split(';').map((part) => part.trim());
    if (parameters.some((parameter) => noQuality.test(parameter))) return false;
    return range === '*/*' || range === `${family}/*` || range === mediaType;
  });
}

/** The format that a header Accept leads to: JSON wherever it is allowed. */
export function acceptedFormat(header: string | undefined): WireFormat | undefined {
  if (accepts(header, 'application/json')) return 'json';
  return accepts(header, 'application/x-protobuf') ? 'protobuf' : undefined;
}

/** The format that a Content-Type names; it must be written exactly so. */
export function formatOf(contentType: string): WireFormat | undefined {
  if (contentType === 'application/json') return 'json';
  return contentType === 'application/x-protobuf' ? 'protobuf' : undefined;
}

/** The first value of a header that should come once. */
export function single(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'object' ? header[0] : header;
}

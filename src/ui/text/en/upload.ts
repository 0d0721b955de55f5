import { plural } from './counting.ts';

/** What the upload of files says. */
export const wording = {
  uploadHint: 'Drop files here, or',
  uploadChoose: 'Choose files',
  uploadForms: (megabytes: number) =>
    `.json and .jsonl up to ${megabytes} MB: Jaeger’s JSON, OTLP JSON, one object or one a line.`,
  uploadPrivate:
    'Jaeger’s JSON stays in this browser. OTLP JSON goes to the query service to be read; nothing is stored.',
  uploadReading: (name: string) => `Reading ${name}…`,
  uploadClear: 'Forget all',
  uploadFiles: 'Files',
  uploadRead: (count: number) => plural(count, 'trace'),
  uploadTooLarge: (megabytes: number) =>
    `Larger than ${megabytes} MB: split the file, or send it to the collector.`,
  uploadEmpty: 'There is nothing in this file.',
  uploadNoJson: (where: string) => `This is no JSON${where}.`,
  uploadAtLine: (line: number) => ` (first at line ${line})`,
  uploadLines: (count: number, where: string) =>
    `${plural(count, 'line')} left out: no JSON${where}.`,
  uploadUnknown:
    'Neither Jaeger’s JSON nor OTLP JSON: traces have traceID and spans, or resourceSpans.',
  uploadBroken: (count: number) =>
    `${plural(count, 'trace')} left out: without an id or without spans.`,
  uploadTimes: (count: number) =>
    `${plural(count, 'trace')} left out: startTime and duration of a span must be numbers of microseconds, the start since 1970.`,
  uploadNone: 'No traces in this file.',
} as const;

import { plural, wholeUnits } from './counting.ts';

/** What the page about trace quality says. */
export const wording = {
  chooseService: 'Choose a service',
  chooseHint:
    'Recent traces of the service are checked: whether both sides of calls are there, parents have arrived, ids are unique, clocks agree.',
  lookback: 'Traces of the last',
  hours: (hours: number) => wholeUnits(hours * 3_600).replace(/^(?=[a-z])/, '1 '),
  loading: (service: string) => `Checking recent traces of ${service}…`,
  noService: 'No service has sent spans yet',
  scores: 'Scores',
  score: (label: string, value: string, max: string) => `${label}: ${value} of ${max}`,
  aboutScores: 'What the scores mean',
  checks: 'Checks',
  weight: (weight: string) => `Weight ${weight}`,
  aboutCheck: 'About this check',
  passed: 'Passed',
  failed: 'Failed',
  exempt: 'Not judged',
  share: (check: string, share: string) => `${check}: ${share} of the judged spans pass`,
  noScore: (label: string) => `${label}: no span to judge`,
  nothingJudged: 'No span to judge',
  examples: (kind: string, count: number) => `${kind}: ${plural(count, 'example')}`,
  example: (traceId: string, spans: number) => `Trace ${traceId}, ${plural(spans, 'span')}`,
  clients: 'Client versions',
  clientVersion: 'Version',
  clientMinimum: 'Minimum',
  clientSpans: 'Spans',
  clientExamples: 'Examples',
  /** Checks, scores and banners are named by the service; a translation may know them by these. */
  checkName: (name: string) => name,
  category: (category: string) => category,
  description: (_checkName: string, description: string) => description,
  scoreLabel: (_key: string, label: string) => label,
  banner: (banner: string) => banner,
  noClients: 'No span says which client made it.',
} as const;

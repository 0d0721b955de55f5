import { wholeUnits } from './counting.ts';

/** What the search form and its page say. */
export const wording = {
  tabs: { search: 'Search', upload: 'Upload' },
  tabsLabel: 'Find or upload traces',
  chooseService: 'Choose a service',
  serviceMissing: 'Choose a service: this storage finds traces by service.',
  withCount: (label: string, count: number) => `${label} (${count.toLocaleString('en')})`,
  tagsPlaceholder: 'http.status_code>=500 error=true',
  tagsInvalid: (why: string) => `At ${why}.`,
  filtersUnsupported:
    'This storage compares for equality only: write key=value, without other operators.',
  lookback: 'Lookback',
  customRange: 'Custom range',
  lastRange: (seconds: number) => `Last ${wholeUnits(seconds)}`,
  rangeStart: 'From',
  rangeEnd: 'To',
  rangeZone: (zone: string) => `Times are ${zone}.`,
  rangeInvalid: 'The range must end after it starts.',
  minDuration: 'Min duration',
  maxDuration: 'Max duration',
  durationPlaceholder: 'e.g. 1.2s, 100ms',
  durationInvalid: 'Write a number and a unit: ns, us, ms, s, m or h.',
  durationOrder: 'Must not be shorter than the min duration.',
  limit: 'Limit',
  limitInvalid: (max: number) => `A whole number from 1 to ${max}.`,
  adjustEndTime: (time: string) => `Leave out the last ${time}`,
  adjustHint: 'Traces that have just begun may not be complete yet.',
  findTraces: 'Find traces',
  reset: 'Reset',
  searchForm: 'Search for traces',
  boxLabel: 'Search in one line',
  boxPlaceholder: 'service:cart error=true dur>200ms',
  boxGo: 'Find',
  boxWords: (word: string) =>
    `“${word}” is no service here and no condition. Write service:…, operation:…, key=value or dur>200ms.`,
  suggestions: 'Completions',
  help: 'How to write conditions',
  loadingServices: 'Asking which services have sent traces…',
  loadingTraces: (service: string) =>
    service === ''
      ? 'Searching the traces of all services…'
      : `Searching the traces of ${service}…`,
  loadingOlder: 'Asking for older traces…',
  atLimit: 'the newest; raise the limit to see more',
  hasOlder: 'the newest; older ones below',
  showOlder: (count: number) => `Show ${count.toLocaleString('en')} older`,
  goOlder: 'Go on with older traces',
  goNewest: 'Back to the newest',
  loadingShape: 'Loading the view…',
  nothingOlderTitle: 'No older traces',
  nothingOlderHint: 'The pages before this one have everything that matches.',
  failedConditions: 'Change the condition that is named, in the form or in the address.',
  failedTooMuch: 'Shorten the time range, lower the limit, or add a condition.',
  failedBusy:
    'The storage may be busy or gone. Wait a moment, or search a shorter time range; the query service’s log says more.',
} as const;

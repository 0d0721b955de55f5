import { durationText } from '../../../model/duration-text.ts';
import { monitorText } from '../../text/monitor-text.ts';
import { currentLanguage } from '../../text/language.ts';

const rates = new Intl.NumberFormat(currentLanguage(), { maximumSignificantDigits: 3 });
const shares = new Intl.NumberFormat(currentLanguage(), {
  style: 'percent',
  maximumSignificantDigits: 3,
});

/** `1.24 ms` */
export function latencyText(ms: number): string {
  return durationText(ms * 1_000);
}

/** `4.21 req/s` */
export function requestRateText(perSecond: number): string {
  return monitorText.perSecond(rates.format(perSecond));
}

/** `1.2%` of 0.012 */
export function shareText(share: number): string {
  return shares.format(share);
}

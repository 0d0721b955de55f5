import { type ReactElement, useId } from 'react';
import { Select } from '../../components/select.tsx';
import { useUiConfig } from '../../config/ui-config.ts';
import { searchText } from '../../text/search-text.ts';
import { currentTimeZone, localZoneName } from '../../time-zone.ts';
import { CUSTOM_LOOKBACK } from './search-request.ts';
import { type FieldProps, TextField } from './text-field.tsx';

interface RangeFieldsProps extends FieldProps {
  /** Whether the newest traces are left out, where the configuration offers it. */
  readonly adjusted: boolean;
  readonly onAdjust: (adjusted: boolean) => void;
}

/** Back from now, or a range of one's own. */
export function RangeFields({ adjusted, onAdjust, ...props }: RangeFieldsProps): ReactElement {
  const { fields, change } = props;
  const id = useId();
  const { adjustEndTime, lookbacks } = useUiConfig().search;
  const options = new Map([
    ...[...lookbacks].map(([name, seconds]) => [name, searchText.lastRange(seconds)] as const),
    [CUSTOM_LOOKBACK, searchText.customRange],
  ]);
  const custom = fields.lookback === CUSTOM_LOOKBACK;
  const zone = currentTimeZone() === 'utc' ? 'UTC' : localZoneName();
  return (
    <>
      <div className="field">
        <label htmlFor={id}>{searchText.lookback}</label>
        <Select
          id={id}
          value={fields.lookback}
          options={options}
          onChange={(lookback) => {
            change({ lookback });
          }}
        />
      </div>
      {custom && (
        <>
          <TextField {...props} name="from" label={searchText.rangeStart} type="datetime-local" />
          <TextField
            {...props}
            name="to"
            label={searchText.rangeEnd}
            type="datetime-local"
            hint={searchText.rangeZone(zone)}
          />
        </>
      )}
      {!custom && adjustEndTime !== '' && (
        <label className="search-form-adjust" title={searchText.adjustHint}>
          <input
            type="checkbox"
            role="switch"
            checked={adjusted}
            onChange={(event) => {
              onAdjust(event.currentTarget.checked);
            }}
          />
          {searchText.adjustEndTime(adjustEndTime)}
        </label>
      )}
    </>
  );
}

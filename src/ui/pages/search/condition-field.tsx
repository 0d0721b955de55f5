import { type ReactElement, useId } from 'react';
import { useUiConfig } from '../../config/ui-config.ts';
import { searchText } from '../../text/search-text.ts';
import { ConditionInput } from './condition-input.tsx';
import { HelpButton } from './help-button.tsx';
import { type FieldProps, FieldNote } from './text-field.tsx';

/** Attributes as Jaeger's form has them, with operators where the storage has them. */
export function ConditionField({ fields, errors, change }: FieldProps): ReactElement {
  const id = useId();
  const { terms } = useUiConfig();
  return (
    <div className="field">
      <div className="field-head">
        <label htmlFor={id}>{terms.tags}</label>
        <HelpButton />
      </div>
      <ConditionInput
        id={id}
        value={fields.tags}
        placeholder={searchText.tagsPlaceholder}
        invalid={errors.tags !== undefined}
        noteId={`${id}-note`}
        service={fields.service}
        onChange={(tags) => {
          change({ tags });
        }}
      />
      <FieldNote id={`${id}-note`} error={errors.tags} />
    </div>
  );
}

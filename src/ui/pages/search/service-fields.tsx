import { type ReactElement, type ReactNode, useId } from 'react';
import { useOperations, useServices } from '../../api/services.ts';
import { Combobox } from '../../components/combobox.tsx';
import { useUiConfig } from '../../config/ui-config.ts';
import { text } from '../../text/common-text.ts';
import { searchText } from '../../text/search-text.ts';
import { type FieldProps, FieldNote } from './text-field.tsx';

/** Which service and operation; what is not in the lists can be typed. */
export function ServiceFields({ fields, errors, change }: FieldProps): ReactElement {
  const noteId = useId();
  const { withoutService } = useUiConfig().search;
  const services = useServices();
  const operations = useOperations(fields.service);
  return (
    <>
      <Labelled label={counted(text.service, services.data)}>
        <Combobox
          label={text.service}
          value={fields.service}
          emptyLabel={withoutService ? text.allServices : searchText.chooseService}
          required={!withoutService}
          options={services.data ?? []}
          invalid={errors.service !== undefined}
          noteId={noteId}
          onChange={(service) => {
            change({ service, operation: service === fields.service ? fields.operation : '' });
          }}
        />
        <FieldNote id={noteId} error={errors.service} />
      </Labelled>
      <Labelled label={counted(text.operation, operations.data)}>
        <Combobox
          label={text.operation}
          value={fields.operation}
          emptyLabel={text.allOperations}
          options={operations.data ?? []}
          onChange={(operation) => {
            change({ operation });
          }}
        />
      </Labelled>
    </>
  );
}

/** The count once it is known: there is room for it beside the label, so nothing moves. */
function counted(label: string, names: readonly string[] | undefined): string {
  return names === undefined ? label : searchText.withCount(label, names.length);
}

/** The field names itself to those who do not see this. */
function Labelled({ label, children }: { label: string; children: ReactNode }): ReactElement {
  return (
    <div className="field">
      <span className="field-label" aria-hidden="true">
        {label}
      </span>
      {children}
    </div>
  );
}

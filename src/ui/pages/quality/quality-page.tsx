import './quality-page.css';
import { type ReactElement, useId } from 'react';
import { useServices } from '../../api/services.ts';
import { type QualityReport, useTraceQuality } from '../../api/trace-quality.ts';
import { Combobox } from '../../components/combobox.tsx';
import { BigNotice, FailNotice, WaitNotice } from '../../components/notice.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { Select } from '../../components/select.tsx';
import { ToolBar, ToolField } from '../../components/tool-bar.tsx';
import { useUiConfig } from '../../config/ui-config.ts';
import type { PageProps } from '../../page-props.ts';
import { goTo } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { qualityText } from '../../text/quality-text.ts';
import { CheckCard } from './check-card.tsx';
import { ClientVersions } from './client-versions.tsx';
import { ScoreRing } from './score-ring.tsx';

const LOOKBACK_HOURS: readonly number[] = [1, 6, 24, 48, 168];
/** Jaeger's. */
const DEFAULT_HOURS = 48;
/** What the query service takes: a year. */
const HOURS_MAX = 24 * 366;

/** How well traces of a service can be understood: scores, the checks behind them, clients. */
export function QualityPage({ search }: PageProps): ReactElement {
  const { service, hours } = readAddress(search);
  const { qualityMetrics } = useUiConfig();
  const title = qualityMetrics.menuLabel || text.qualityTitle;
  return (
    <main id="content" className="quality-page" tabIndex={-1}>
      <title>{`${title} – ${text.product}`}</title>
      <ToolBar title={title}>
        <Choices service={service} hours={hours} />
      </ToolBar>
      {service === '' ? (
        <BigNotice title={qualityText.chooseService}>
          <p className="muted">{qualityText.chooseHint}</p>
        </BigNotice>
      ) : (
        <Report service={service} hours={hours} />
      )}
    </main>
  );
}

interface Address {
  readonly service: string;
  readonly hours: number;
}

function Choices({ service, hours }: Address): ReactElement {
  const lookbackId = useId();
  const services = useServices();
  const choices = [...new Set([...LOOKBACK_HOURS, hours])].sort((a, b) => a - b);
  const go = (changed: Partial<Address>): void => {
    const address = { service, hours, ...changed };
    goTo(
      `quality-metrics?${new URLSearchParams({ service: address.service, lookback: String(address.hours) })}`,
    );
  };
  return (
    <>
      <ToolField label={text.service} wide>
        <Combobox
          label={text.service}
          value={service}
          emptyLabel={
            services.data?.length === 0 ? qualityText.noService : qualityText.chooseService
          }
          required
          options={services.data ?? []}
          onChange={(chosen) => {
            if (chosen !== service) go({ service: chosen });
          }}
        />
      </ToolField>
      <ToolField label={qualityText.lookback} controlId={lookbackId}>
        <Select
          id={lookbackId}
          value={String(hours)}
          options={new Map(choices.map((choice) => [String(choice), qualityText.hours(choice)]))}
          onChange={(chosen) => {
            go({ hours: Number(chosen) });
          }}
        />
      </ToolField>
    </>
  );
}

function Report({ service, hours }: Address): ReactElement {
  const { qualityMetrics } = useUiConfig();
  const report = useTraceQuality(qualityMetrics.apiEndpoint, service, hours);
  if (report.isPending) return <WaitNotice>{qualityText.loading(service)}</WaitNotice>;
  if (report.isError) {
    return <FailNotice error={report.error} retry={() => void report.refetch()} />;
  }
  return <ReportParts report={report.data} />;
}

function ReportParts({ report }: { report: QualityReport }): ReactElement {
  // Checks without a span to judge leave full marks, which would say nothing.
  const judged =
    report.checks.length === 0 ||
    report.checks.some(({ passed, failed }) => passed.count + failed.count > 0);
  return (
    <>
      {report.banner !== '' && (
        <p className="quality-banner" role="status">
          <SafeText>{qualityText.banner(report.banner)}</SafeText>
        </p>
      )}
      <ul className="quality-scores" aria-label={qualityText.scores}>
        {report.scores.map((score) => (
          <li key={score.key}>
            <ScoreRing score={score} judged={judged} docsLink={report.docsLink} />
          </li>
        ))}
      </ul>
      <section aria-label={qualityText.checks}>
        <h2>{qualityText.checks}</h2>
        <ul className="quality-checks">
          {report.checks.map((check) => (
            <li key={check.name}>
              <CheckCard check={check} />
            </li>
          ))}
        </ul>
      </section>
      <ClientVersions clients={report.clients} />
    </>
  );
}

/** Jaeger's parameters; the lookback counts hours. */
function readAddress(search: string): Address {
  const url = new URLSearchParams(search);
  const hours = Number(url.get('lookback') ?? DEFAULT_HOURS);
  const usable = Number.isInteger(hours) && hours >= 1 && hours <= HOURS_MAX;
  return { service: url.get('service') ?? '', hours: usable ? hours : DEFAULT_HOURS };
}

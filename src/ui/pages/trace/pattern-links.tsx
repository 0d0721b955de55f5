import './pattern-links.css';
import { ChevronDown, ExternalLink } from 'lucide-react';
import type { ReactElement } from 'react';
import type { PatternLink } from '../../../model/link-patterns.ts';
import { Foldout } from '../../components/foldout.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { useLinkTarget } from '../../config/ui-config.ts';
import { traceText } from '../../text/trace-text.ts';

interface PatternLinksProps {
  readonly links: readonly PatternLink[];
  readonly label: string;
}

/** What the configured link patterns make of a trace: where to read on about it. */
export function PatternLinks({ links, label }: PatternLinksProps): ReactElement | null {
  if (links.length === 0) return null;
  return (
    <ul className="pattern-links" aria-label={label}>
      {links.map((link, index) => (
        <li key={index}>
          <OutLink link={link} />
        </li>
      ))}
    </ul>
  );
}

/** The same in little room: several links stand behind one word. */
export function PatternLinkMenu({ links, label }: PatternLinksProps): ReactElement | null {
  if (links.length < 2) return <PatternLinks links={links} label={label} />;
  const count = traceText.linkCount(links.length);
  return (
    <div className="pattern-links">
      <Foldout
        className="pattern-links-more"
        label={`${count}: ${label}`}
        summary={
          <>
            <ExternalLink size={12} aria-hidden />
            {count}
            <ChevronDown size={12} aria-hidden />
          </>
        }
      >
        <ul>
          {links.map((link, index) => (
            <li key={index}>
              <OutLink link={link} className="foldout-item" />
            </li>
          ))}
        </ul>
      </Foldout>
    </div>
  );
}

function OutLink({ link, className }: { link: PatternLink; className?: string }): ReactElement {
  const target = useLinkTarget();
  return (
    <a className={className} href={link.url} {...target}>
      <ExternalLink size={12} aria-hidden />
      <SafeText>{link.text}</SafeText>
    </a>
  );
}

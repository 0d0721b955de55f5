import './about-menu.css';
import { Info } from 'lucide-react';
import type { ReactElement } from 'react';
import { useUiConfig } from '../config/ui-config.ts';
import { text } from '../text/common-text.ts';
import { IconMenu } from './icon-menu.tsx';

/** What runs here, as the query service says. */
export function AboutMenu(): ReactElement {
  const { version } = useUiConfig();
  return (
    <IconMenu label={text.about} Icon={Info}>
      <div className="about">
        <strong>{text.product}</strong>
        <p className="muted">{text.aboutText}</p>
        <p className="muted">{version === '' ? text.versionUnknown : text.version(version)}</p>
      </div>
    </IconMenu>
  );
}

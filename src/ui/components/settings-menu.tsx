import './settings-menu.css';
import { Settings } from 'lucide-react';
import { type ReactElement, useId } from 'react';
import { useUiConfig } from '../config/ui-config.ts';
import { text } from '../text/common-text.ts';
import { chooseLanguage, currentLanguage, type Language, LANGUAGES } from '../text/language.ts';
import { chooseTheme, THEME_CHOICES, useThemeChoice } from '../theme.ts';
import { chooseTimeZone, currentTimeZone, localZoneName, TIME_ZONES } from '../time-zone.ts';
import { IconMenu } from './icon-menu.tsx';

/** How this reader sees the UI; kept in the browser. */
export function SettingsMenu(): ReactElement {
  const { themesEnabled } = useUiConfig();
  const theme = useThemeChoice();
  return (
    <IconMenu label={text.settings} Icon={Settings}>
      <div className="settings">
        {themesEnabled && (
          <Choice
            name={text.theme}
            value={theme}
            options={THEME_CHOICES.map((choice) => [choice, text.themes[choice]])}
            onChoose={chooseTheme}
          />
        )}
        <Choice<Language>
          name={text.language}
          value={currentLanguage()}
          options={[
            ['en', LANGUAGES.en],
            ['ko', LANGUAGES.ko],
          ]}
          onChoose={chooseLanguage}
        />
        <Choice
          name={text.timeZone}
          value={currentTimeZone()}
          options={TIME_ZONES.map((zone) => [zone, text.timeZones[zone]])}
          onChoose={chooseTimeZone}
        />
        <p className="muted settings-hint">{text.localTimeZone(localZoneName())}</p>
      </div>
    </IconMenu>
  );
}

interface ChoiceProps<Value extends string> {
  readonly name: string;
  readonly value: Value;
  readonly options: readonly (readonly [Value, string])[];
  readonly onChoose: (value: Value) => void;
}

/** One of a few, all in sight. */
function Choice<Value extends string>(props: ChoiceProps<Value>): ReactElement {
  const group = useId();
  return (
    <fieldset className="settings-choice">
      <legend>{props.name}</legend>
      <div className="settings-options">
        {props.options.map(([option, label]) => (
          <label key={option}>
            <input
              type="radio"
              className="only-read-aloud"
              name={group}
              value={option}
              checked={option === props.value}
              onChange={() => {
                props.onChoose(option);
              }}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

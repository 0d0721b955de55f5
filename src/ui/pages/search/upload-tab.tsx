import './upload-tab.css';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { FileUp } from 'lucide-react';
import { type DragEvent, type ReactElement, useId, useRef, useState } from 'react';
import { ApiError } from '../../api/fetch-json.ts';
import type { JsonObject } from '../../api/json-shape.ts';
import { addUpload, forgetUploads, transformOtlp, useUploads } from '../../api/uploads.ts';
import { WaitNotice } from '../../components/notice.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { goTo } from '../../routing.ts';
import { uploadText } from '../../text/upload-text.ts';
import { readUpload } from './read-upload.ts';

/** What the query service takes by default, and what a browser reads without pain. */
const MAX_MEGABYTES = 64;
const MAX_BYTES = MAX_MEGABYTES * 2 ** 20;

/** Files are dropped here or chosen; what each held is said below. */
export function UploadTab(): ReactElement {
  const { reading, upload } = useUpload();
  return (
    <div className="upload-tab">
      <DropZone onFiles={(files) => void upload(files)} />
      <p className="muted">{uploadText.uploadForms(MAX_MEGABYTES)}</p>
      <p className="muted">{uploadText.uploadPrivate}</p>
      {reading !== undefined && <WaitNotice>{uploadText.uploadReading(reading)}</WaitNotice>}
      <UploadedFiles />
    </div>
  );
}

function DropZone({ onFiles }: { onFiles: (files: readonly File[]) => void }): ReactElement {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const onDrag = (event: DragEvent): void => {
    event.preventDefault();
    setOver(event.type === 'dragover');
  };
  return (
    <div
      className="drop-zone"
      data-over={over}
      onDragOver={onDrag}
      onDragLeave={onDrag}
      onDrop={(event) => {
        onDrag(event);
        onFiles([...event.dataTransfer.files]);
      }}
    >
      <FileUp size={22} aria-hidden />
      <span>{uploadText.uploadHint}</span>
      <input
        ref={input}
        id={id}
        className="only-read-aloud"
        type="file"
        accept=".json,.jsonl,application/json"
        multiple
        aria-label={uploadText.uploadChoose}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // The same file can be chosen again.
          currentTarget.value = '';
        }}
      />
      <label htmlFor={id} className="button">
        {uploadText.uploadChoose}
      </label>
    </div>
  );
}

function UploadedFiles(): ReactElement | null {
  const client = useQueryClient();
  const { files } = useUploads();
  if (files.length === 0) return null;
  return (
    <section className="uploaded-files" aria-label={uploadText.uploadFiles}>
      <ul aria-live="polite">
        {files.map((file) => (
          <li key={file.name}>
            <span className="uploaded-file-name">
              <SafeText>{file.name}</SafeText>
            </span>
            <span className="muted">{uploadText.uploadRead(file.traceCount)}</span>
            {file.problems.map((problem) => (
              <p key={problem} className="uploaded-problem">
                {problem}
              </p>
            ))}
          </li>
        ))}
      </ul>
      <button
        type="button"
        className="button"
        onClick={() => {
          forgetUploads(client);
        }}
      >
        {uploadText.uploadClear}
      </button>
    </section>
  );
}

/** One file after the other; then their traces are shown. `reading` names the one in work. */
function useUpload(): {
  readonly reading: string | undefined;
  readonly upload: (files: readonly File[]) => Promise<void>;
} {
  const client = useQueryClient();
  const [reading, setReading] = useState<string>();
  const upload = async (files: readonly File[]): Promise<void> => {
    for (const file of files) {
      setReading(file.name);
      await uploadFile(client, file);
    }
    setReading(undefined);
    if (files.length > 0 && !location.search.startsWith('?upload')) goTo('search?upload');
  };
  return { reading, upload };
}

async function uploadFile(client: QueryClient, file: File): Promise<void> {
  const { name } = file;
  if (file.size > MAX_BYTES) {
    addUpload(client, { name, problems: [uploadText.uploadTooLarge(MAX_MEGABYTES)] }, []);
    return;
  }
  const { traces, resourceSpans, problems } = readUpload(await file.text());
  if (resourceSpans.length === 0) {
    addRead(client, { name, problems }, traces);
    return;
  }
  try {
    const { signal } = new AbortController();
    const transformed = await transformOtlp(resourceSpans, signal);
    addUpload(client, { name, problems }, [...traces, ...transformed]);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    addRead(client, { name, problems: [...problems, error.message] }, traces);
  }
}

/** Of traces that are not what they seem to be, the file has none. */
function addRead(
  client: QueryClient,
  file: { readonly name: string; readonly problems: readonly string[] },
  traces: readonly JsonObject[],
): void {
  try {
    addUpload(client, file, traces);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    addUpload(client, { ...file, problems: [...file.problems, uploadText.uploadUnknown] }, []);
  }
}

'use client'

import { CircleCheck, Fingerprint } from 'lucide-react'
import { type ReactNode, Suspense, use } from 'react'
import { Banner } from '@/components/ui/banner'
import { Bytes } from '@/components/ui/bytes'
import { CopyText } from '@/components/ui/copy-text'
import { AppLink } from '@/components/ui/link'
import { Spinner } from '@/components/ui/spinner'
import { describeContent } from '@/components/uploads/file-verdict'
import type { Inspection } from '@/lib/formats/inspector'
import { CodeBlock } from './code-block'
import type { ContentView } from './content-view'
import { type Fact, FactList, Facts } from './fact-list'
import { imageHref, None } from './image-columns'
import { securityTexts as texts } from './security-messages'
import { signatureProperties, signatureState } from './signature'
import { fileName } from './snippets'
import type { ImageItem } from './view'

export interface ImageSecurityProps {
  readonly item: ImageItem
  /** comes when the store has answered */
  readonly content: Promise<ContentView>
  /** whether uploads must be what their record says */
  readonly isStrict: boolean
}

/** What is known of an image's integrity: its fingerprints, what its data is, who signed it. Nothing is guessed. */
export function ImageSecurity({ item, content, isStrict }: ImageSecurityProps) {
  const { image } = item
  return (
    <div className="flex max-w-4xl flex-col gap-8 px-4 pt-5 pb-16 md:px-6">
      <Digests item={item} />
      <section aria-labelledby="content-title" className="flex flex-col gap-2">
        <h2 id="content-title" className="font-semibold">
          {texts.content}
        </h2>
        <Suspense fallback={<Reading />}>
          <Content item={item} content={content} />
        </Suspense>
        {image.containerFormat === 'bare' && (
          <p className="text-muted text-sm">{isStrict ? texts.strict : texts.lax}</p>
        )}
      </section>
      <Signature item={item} />
    </div>
  )
}

function Digests({ item: { image } }: { item: ImageItem }) {
  const { hashAlgorithm, hashValue, checksum } = image
  if (hashValue === null && checksum === null) {
    return (
      <Section title={texts.digests}>
        <p className="flex items-start gap-2 text-muted">
          <Fingerprint className="mt-0.5 size-4 shrink-0" aria-hidden />
          {texts.noDigests}
        </p>
      </Section>
    )
  }
  const hashName = texts.value(hashAlgorithm ?? '')
  return (
    <div className="flex flex-col gap-3">
      <FactList
        title={texts.digests}
        facts={[
          ...(hashValue === null
            ? []
            : [{ label: hashName, value: <CopyText text={hashValue} label={texts.copyOf(hashName)} /> }]),
          {
            label: texts.md5,
            value:
              checksum === null ? (
                <None />
              ) : (
                <>
                  <CopyText text={checksum} label={texts.copyOf(texts.md5)} />
                  <span className="block text-muted text-sm">{texts.md5Help}</span>
                </>
              ),
          },
        ]}
      />
      <p className="text-muted text-sm">{texts.digestsHelp}</p>
      {hashValue !== null && hashAlgorithm !== null && (
        <Section title={texts.check} help={texts.checkHelp}>
          <CodeBlock code={`echo '${hashValue}  ${fileName(image)}' | ${hashAlgorithm}sum -c -`} label={texts.check} />
        </Section>
      )}
    </div>
  )
}

function Reading() {
  return (
    <p role="status" className="flex items-center gap-2 py-3 text-muted">
      <Spinner />
      {texts.reading}
    </p>
  )
}

function Content({ item: { image }, content }: { item: ImageItem; content: Promise<ContentView> }) {
  const found = use(content)
  const claimed = [image.diskFormat, image.containerFormat].filter(Boolean).join(' / ')
  const record: Fact = { label: texts.claimed, value: claimed === '' ? <None /> : claimed }
  if (found.state !== 'read') {
    return (
      <>
        <Facts facts={[record]} />
        <p className="text-muted">{whyUnread(found.state, image.containerFormat ?? '')}</p>
      </>
    )
  }
  const { inspection, refusal, warning } = found
  const reasons = inspection.safety.map(({ reason }) => reason)
  return (
    <>
      <Verdict
        refusal={refusal}
        warning={warning}
        reasons={reasons}
        misread={image.diskFormat === 'raw' && !isRaw(inspection) ? describeContent(inspection) : null}
      />
      <Facts
        facts={[
          record,
          { label: texts.found, value: describeContent(inspection) },
          ...(inspection.virtualSizeBytes === null
            ? []
            : [{ label: texts.virtualSize, value: <Bytes value={inspection.virtualSizeBytes} /> }]),
          { label: texts.safety, value: reasons.length === 0 ? texts.safe : reasons.join('; ') },
        ]}
      />
      <p className="text-muted text-sm">{texts.contentHelp}</p>
    </>
  )
}

const isRaw = ({ format }: Inspection) => format === 'raw' || format === 'gpt'

interface VerdictProps {
  readonly refusal: string | null
  readonly warning: string | null
  readonly reasons: readonly string[]
  /** Anything may be recorded as raw, and is read as such whatever it is. */
  readonly misread: string | null
}

function Verdict({ refusal, warning, reasons, misread }: VerdictProps) {
  if (refusal !== null) {
    return (
      <Banner tone="danger" title={texts.refused}>
        {reasons.length === 0 ? refusal : texts.unsafe(reasons.join('; '))}
      </Banner>
    )
  }
  const doubt = misread === null ? warning : texts.misread(misread)
  if (doubt !== null) {
    return (
      <Banner tone="warn" title={texts.warned}>
        {doubt}
      </Banner>
    )
  }
  return (
    <p className="flex items-center gap-2">
      <CircleCheck className="size-4 shrink-0 text-ok" aria-hidden />
      {texts.matches}
    </p>
  )
}

function whyUnread(state: Exclude<ContentView['state'], 'read'>, container: string): string {
  if (state === 'no-right') return texts.noRight
  if (state === 'no-data') return texts.noData
  if (state === 'deactivated') return texts.deactivated
  return state === 'container' ? texts.container(container) : texts.unreadable
}

function Signature({ item: { image, can } }: { item: ImageItem }) {
  const state = signatureState(image.properties)
  const edit = can.modify && <AppLink href={`${imageHref(image)}/properties`}>{texts.toProperties}</AppLink>
  if (state === 'none') {
    return (
      <Section title={texts.signature}>
        <p>{texts.noSignature}</p>
        <p className="text-muted text-sm">{texts.noSignatureHelp(signatureProperties.join(', '))}</p>
        {edit}
      </Section>
    )
  }
  const missing = signatureProperties.filter((name) => (image.properties[name] ?? '') === '')
  return (
    <section className="flex flex-col gap-2">
      <FactList
        title={texts.signature}
        facts={signatureProperties.map((name) => {
          const value = image.properties[name] ?? ''
          const label = texts.signatureFacts[name]
          return { label, value: value === '' ? <None /> : <CopyText text={value} label={texts.copyOf(label)} /> }
        })}
      />
      {state === 'incomplete' && (
        <Banner tone="warn" title={texts.incomplete(missing.join(', '))}>
          {texts.incompleteHelp}
        </Banner>
      )}
      <p className="text-muted text-sm">{texts.unverified}</p>
      {edit}
    </section>
  )
}

function Section({ title, help, children }: { title: string; help?: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-1.5">
      <div>
        <h2 className="font-semibold">{title}</h2>
        {help !== undefined && <p className="text-muted text-sm">{help}</p>}
      </div>
      {children}
    </section>
  )
}

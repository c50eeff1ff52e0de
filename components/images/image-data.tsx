'use client'

import { ArrowUpFromLine } from 'lucide-react'
import { useState, useTransition } from 'react'
import { insist } from '@/components/session/insist'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import type { Result } from '@/components/ui/result'
import { useToast } from '@/components/ui/toast'
import { FileSource } from '@/components/uploads/file-source'
import { type Claim, type FormatRules, suggestClaim, verdictOf } from '@/components/uploads/file-verdict'
import { isUnfinished, type Transfer } from '@/components/uploads/transfer'
import { TransferProgress } from '@/components/uploads/transfer-progress'
import { useTransfers } from '@/components/uploads/transfers'
import { useInspection } from '@/components/uploads/use-inspection'
import { detailTexts } from './detail-messages'
import { imageName } from './image-columns'
import { isMoving } from './image-state'
import { useFileDrop } from './use-file-drop'
import type { ImageActions, ImageItem, PatchStep } from './view'

export interface ImageDataProps {
  readonly item: ImageItem
  readonly rules: FormatRules
  readonly patch: ImageActions['patch']
}

const texts = detailTexts.waiting

/** The way of data into an image: what is being sent, or the control that sends it. Nothing once data is there. */
export function ImageData({ item, rules, patch }: ImageDataProps) {
  const { image, can } = item
  const { list } = useTransfers()
  const transfer = list.find((one) => one.imageId === image.id)
  if (transfer !== undefined && (isOpen(transfer) || (transfer.state === 'failed' && image.status === 'queued'))) {
    return <TransferProgress transfer={transfer} />
  }
  // The record is read again in a moment.
  if (transfer?.state === 'done') return null
  if (isMoving(image)) return <Banner tone="info">{texts.elsewhere}</Banner>
  if (image.status !== 'queued') return null
  if (!can.upload) {
    return (
      <Banner tone="info" title={texts.title}>
        {texts.notAllowed}
      </Banner>
    )
  }
  return <UploadControl item={item} rules={rules} patch={patch} />
}

function UploadControl({ item, rules, patch }: ImageDataProps) {
  const { image, can } = item
  const [file, setFile] = useState<File | null>(null)
  const [chosen, setChosen] = useState<Claim | null>(null)
  const [isStarting, start] = useTransition()
  const transfers = useTransfers()
  const toast = useToast()
  const reading = useInspection(file)
  useFileDrop(([first]) => setFile(first ?? null))
  const found = file !== null && reading?.state === 'done' ? reading.inspection : null
  const guess = found === null || file === null ? null : suggestClaim(found, file.name, rules)
  // What the record says already stands until the person says otherwise.
  const claim = chosen ?? {
    diskFormat: image.diskFormat ?? guess?.diskFormat ?? null,
    containerFormat: image.containerFormat ?? guess?.containerFormat ?? 'bare',
  }
  const isDoomed =
    found === null || file === null || verdictOf(found, claim, file.name, rules).tone === 'danger' || !isComplete(claim)

  const upload = () => {
    if (file === null) return
    start(async () => {
      const refused = await setFormats(patch, item, claim)
      if (refused === null) transfers.start({ imageId: image.id, name: imageName(image), file })
      else toast({ kind: 'error', title: texts.refused, text: refused })
    })
  }

  return (
    <section className="rounded-lg border border-line p-4">
      <h2 className="font-semibold text-lg">{texts.title}</h2>
      <p className="pb-3 text-muted">{texts.text}</p>
      <FileSource
        file={file}
        onFile={setFile}
        reading={reading}
        claim={claim}
        onClaim={setChosen}
        rules={rules}
        areFormatsFixed={!can.modify}
      />
      <div className="flex justify-end pt-4">
        <Button variant="primary" onPress={upload} isPending={isStarting} isDisabled={isDoomed}>
          <ArrowUpFromLine aria-hidden />
          {texts.upload}
        </Button>
      </div>
    </section>
  )
}

/** Whether the way of its data is in the tray, whoever has to do something about it. */
function isOpen(transfer: Transfer): boolean {
  return isUnfinished(transfer) || ['paused', 'needsFile', 'elsewhere'].includes(transfer.state)
}

function isComplete({ diskFormat, containerFormat }: Claim): boolean {
  return diskFormat !== null && containerFormat !== null
}

/** Writes those formats that differ from the record; the server's sentence when it refuses. */
async function setFormats(patch: ImageActions['patch'], { image }: ImageItem, claim: Claim): Promise<string | null> {
  const steps: PatchStep[] = []
  if (claim.diskFormat !== null && claim.diskFormat !== image.diskFormat) {
    steps.push({ op: 'replace', path: '/disk_format', value: claim.diskFormat })
  }
  if (claim.containerFormat !== null && claim.containerFormat !== image.containerFormat) {
    steps.push({ op: 'replace', path: '/container_format', value: claim.containerFormat })
  }
  if (steps.length === 0) return null
  const result: Result<null> = await insist(() => patch({ imageId: image.id, steps }))
  return result.ok ? null : result.message
}

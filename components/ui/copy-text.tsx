'use client'

import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from './icon-button'
import { uiTexts } from './messages'

/** Puts `text` on the clipboard; outside a secure context, where browsers keep the clipboard back, by a selection. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) {
    await navigator.clipboard.writeText(text)
    return
  }
  const area = document.createElement('textarea')
  area.value = text
  area.style.position = 'fixed'
  area.style.opacity = '0'
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

export function CopyButton({ text, label = uiTexts.copy }: { text: string; label?: string }) {
  const [isCopied, setCopied] = useState(false)
  return (
    <>
      <IconButton
        label={isCopied ? uiTexts.copied : label}
        size="sm"
        className="text-muted"
        onPress={() => {
          void copyText(text).then(() => {
            setCopied(true)
            setTimeout(() => setCopied(false), 1600)
          })
        }}
      >
        {isCopied ? <Check className="text-ok" aria-hidden /> : <Copy aria-hidden />}
      </IconButton>
      <span role="status" className="sr-only">
        {isCopied ? uiTexts.copied : ''}
      </span>
    </>
  )
}

/** An id, hash or address with a button that copies it. */
export function CopyText({ text, shown = text, label }: { text: string; shown?: string; label?: string }) {
  return (
    <span className="inline-flex min-w-0 max-w-full items-center gap-0.5">
      <span className="min-w-0 font-mono text-sm wrap-anywhere">{shown}</span>
      <CopyButton text={text} {...(label !== undefined && { label })} />
    </span>
  )
}

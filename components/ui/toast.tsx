'use client'

import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import {
  UNSTABLE_Toast as AriaToast,
  Text,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components'
import { Button } from './button'
import { IconButton } from './icon-button'
import { uiTexts } from './messages'

export interface ToastMessage {
  readonly kind: 'ok' | 'error'
  readonly title: string
  readonly text?: string
  /** Offered for ten seconds. */
  readonly action?: { readonly label: string; readonly run: () => void }
}

type ShowToast = (message: ToastMessage) => void

const ToastContext = createContext<ShowToast | null>(null)

/** Successes go away by themselves; errors stay until they are dismissed. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [queue] = useState(() => new ToastQueue<ToastMessage>({ maxVisibleToasts: 3 }))
  const show = useMemo<ShowToast>(
    () => (message) => {
      queue.add(message, message.kind === 'ok' ? { timeout: message.action ? 10_000 : 6_000 } : {})
    },
    [queue],
  )
  return (
    <ToastContext value={show}>
      {children}
      <ToastRegion
        queue={queue}
        aria-label={uiTexts.notifications}
        // Beside or above the bars at the foot of lists, which are for what comes next.
        className="fixed inset-x-2 bottom-28 z-60 mx-auto flex w-auto max-w-sm flex-col gap-2 rounded-md lg:right-auto lg:bottom-4 lg:left-56 lg:mx-0 lg:w-96"
      >
        {({ toast }) => (
          <AriaToast
            toast={toast}
            className="flex w-full max-w-sm items-start gap-2.5 rounded-md bg-raised py-2 pr-2 pl-3 text-text shadow-float"
          >
            {toast.content.kind === 'ok' ? (
              <CircleCheck className="mt-1.5 size-4 shrink-0 text-ok" aria-hidden />
            ) : (
              <CircleAlert className="mt-1.5 size-4 shrink-0 text-danger" aria-hidden />
            )}
            <ToastContent className="min-w-0 flex-1 py-1">
              <Text slot="title" className="block font-medium wrap-anywhere">
                {toast.content.title}
              </Text>
              {toast.content.text !== undefined && (
                <Text slot="description" className="block text-muted text-sm wrap-anywhere">
                  {toast.content.text}
                </Text>
              )}
            </ToastContent>
            {toast.content.action !== undefined && (
              <Button
                variant="quiet"
                size="sm"
                onPress={() => {
                  toast.content.action?.run()
                  queue.close(toast.key)
                }}
              >
                {toast.content.action.label}
              </Button>
            )}
            <IconButton slot="close" label={uiTexts.dismiss} size="sm">
              <X aria-hidden />
            </IconButton>
          </AriaToast>
        )}
      </ToastRegion>
    </ToastContext>
  )
}

export function useToast(): ShowToast {
  const show = useContext(ToastContext)
  if (show === null) throw new Error('useToast needs a ToastProvider above it')
  return show
}

'use client'

import { CircleAlert, CircleCheck, X } from 'lucide-react'
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
import type { ToastMessage } from './toast'

const queue = new ToastQueue<ToastMessage>({ maxVisibleToasts: 3 })

export function addToast(message: ToastMessage): void {
  queue.add(message, message.kind === 'ok' ? { timeout: message.action ? 10_000 : 6_000 } : {})
}

export function Toasts() {
  return (
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
  )
}

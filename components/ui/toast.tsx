'use client'

import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import { lazyPart } from './lazy-part'

const loadToasts = () => import('./toast-region')
const Toasts = lazyPart(async () => (await loadToasts()).Toasts)

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
  const [isWanted, setWanted] = useState(false)
  const show = useMemo<ShowToast>(
    () => (message) => {
      loadToasts().then(
        ({ addToast }) => {
          addToast(message)
          setWanted(true)
        },
        // Where not even this could be loaded it must be said all the same.
        () => alert([message.title, message.text].filter(Boolean).join('\n')),
      )
    },
    [],
  )
  return (
    <ToastContext value={show}>
      {children}
      {isWanted && <Toasts />}
    </ToastContext>
  )
}

export function useToast(): ShowToast {
  const show = useContext(ToastContext)
  if (show === null) throw new Error('useToast needs a ToastProvider above it')
  return show
}

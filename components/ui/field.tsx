'use client'

import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { FieldError, Input, Label, Text, TextArea, TextField, type TextFieldProps } from 'react-aria-components'
import { cx } from './cx'
import { controlClass, labelClass } from './field-class'

export interface FieldNotesProps {
  readonly help?: ReactNode
  /** A problem that the server or the form found; shown and tied to the control. */
  readonly error?: string | undefined
}

/** Help and error below a control; the field around them ties both to it for assistive technology. */
export function FieldNotes({ help, error }: FieldNotesProps) {
  return (
    <>
      {help !== undefined && (
        <Text slot="description" className="text-muted text-xs">
          {help}
        </Text>
      )}
      <FieldError className="flex items-start gap-1 text-danger text-xs">
        <CircleAlert className="mt-px size-3.5 shrink-0" aria-hidden />
        <span>{error}</span>
      </FieldError>
    </>
  )
}

export interface TextInputProps extends Omit<TextFieldProps, 'className' | 'children'>, FieldNotesProps {
  readonly label: string
  /** The label stays for screen readers only. */
  readonly hideLabel?: boolean
  readonly placeholder?: string
  readonly mono?: boolean
  /** More than one line. */
  readonly rows?: number
  /** A unit inside the control, at its end. */
  readonly suffix?: string
  readonly className?: string
}

export function TextInput(props: TextInputProps) {
  const { label, hideLabel, help, error, placeholder, mono, rows, suffix, className, ...field } = props
  const look = cx(controlClass, 'px-2.5', mono ? 'font-mono text-sm' : 'text-base')
  return (
    <TextField
      {...field}
      {...(error !== undefined && { isInvalid: true })}
      validationBehavior="aria"
      className={cx('flex min-w-0 flex-col gap-1', className)}
    >
      <Label className={hideLabel ? 'sr-only' : labelClass}>{label}</Label>
      {rows === undefined ? (
        <div className="relative">
          <Input
            {...(placeholder !== undefined && { placeholder })}
            className={cx(look, 'h-9 md:h-8', suffix !== undefined && 'pr-14')}
          />
          {suffix !== undefined && (
            <span className="pointer-events-none absolute inset-y-0 right-2.5 grid place-items-center text-muted text-sm">
              {suffix}
            </span>
          )}
        </div>
      ) : (
        <TextArea {...(placeholder !== undefined && { placeholder })} rows={rows} className={cx(look, 'py-1.5')} />
      )}
      <FieldNotes help={help} error={error} />
    </TextField>
  )
}

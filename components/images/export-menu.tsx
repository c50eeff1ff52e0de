'use client'

import { Braces, Sheet, Table2 } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem } from '@/components/ui/menu'
import { exportTexts as texts } from './export-messages'

/** `search` is the list's own query, with the columns that it shows. */
export function ExportMenu({ search }: { readonly search: string }) {
  const href = (as: 'csv' | 'json') => `/api/ui/images/export${search}${search === '' ? '?' : '&'}as=${as}`
  return (
    <Menu
      label={texts.label}
      trigger={
        <Button className="max-sm:px-2.5">
          <Sheet className="text-muted" aria-hidden />
          <span className="max-sm:sr-only">{texts.label}</span>
        </Button>
      }
    >
      <MenuItem icon={<Table2 />} href={href('csv')} download hint={texts.csvHint}>
        {texts.csv}
      </MenuItem>
      <MenuItem icon={<Braces />} href={href('json')} download hint={texts.jsonHint}>
        {texts.json}
      </MenuItem>
    </Menu>
  )
}

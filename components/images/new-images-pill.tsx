'use client'

import { ArrowUp } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { imageTexts } from './messages'
import { newsMax } from './view'

export interface NewImagesPillProps {
  readonly count: number
  readonly onShow: () => void
}

/** Says that the list has new images. It floats, since its coming must not move the rows either. */
export function NewImagesPill({ count, onShow }: NewImagesPillProps) {
  return (
    // Stays while it is empty: a screen reader tells what changes in it.
    <div role="status" className="pointer-events-none sticky top-17 z-20 flex h-0 justify-end md:justify-center">
      {count > 0 && (
        <Button
          variant="primary"
          size="sm"
          className="pointer-events-auto translate-y-0.5 rounded-full! px-3.5 shadow-float md:h-6!"
          onPress={onShow}
        >
          <ArrowUp aria-hidden />
          {imageTexts.news(Math.min(count, newsMax), count <= newsMax)}
        </Button>
      )}
    </div>
  )
}

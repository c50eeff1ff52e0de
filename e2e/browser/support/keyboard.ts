import { expect, type Page } from '@playwright/test'

const mostStops = 250

interface Stop {
  readonly number: number
  readonly name: string
  /** a ring that can be seen */
  readonly hasRing: boolean
  /** some of it is not covered by anything else */
  readonly isSeen: boolean
}

/**
 * Goes through a page by Tab alone until it comes round. Fails where a control is never reached, where the focus shows
 * no ring, where it is hidden (WCAG 2.4.11), and where it does not come out again. Controls that arrow keys move
 * between count as one.
 */
export async function expectKeyboard(page: Page): Promise<void> {
  await page.evaluate(() => {
    ;(document.activeElement as HTMLElement | null)?.blur()
    window.scrollTo(0, 0)
    document.getSelection()?.removeAllRanges()
    for (const element of document.querySelectorAll<HTMLElement>('[data-stop]')) delete element.dataset.stop
  })
  const stops: Stop[] = []
  for (let index = 0; ; index++) {
    expect(index, 'Tab comes round').toBeLessThan(mostStops)
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(lookAtFocus, index)
    if (stop === null) break
    stops.push(stop)
  }
  expect(stops.length, 'there is something to reach').toBeGreaterThan(0)
  expect(
    stops.filter(({ hasRing }) => !hasRing).map(({ name }) => name),
    'focus without a ring',
  ).toEqual([])
  expect(
    stops.filter(({ isSeen }) => !isSeen).map(({ name }) => name),
    'focus that is covered',
  ).toEqual([])
  expect(await page.evaluate(unreached), 'controls that Tab never reaches').toEqual([])
  // What the last one shows as long as it has the focus would be measured with the page.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
}

/**
 * In the page: what has the focus now; null when it has left the page, or is where it was before. What moves gets half a
 * second to come to its place.
 */
async function lookAtFocus(number: number): Promise<Stop | null> {
  const element = document.activeElement
  if (!(element instanceof HTMLElement) || element === document.body || element.dataset.stop !== undefined) return null
  element.dataset.stop = String(number)
  // The input of a choice is drawn by what stands around it.
  const isDrawnByLabel = element instanceof HTMLInputElement && /checkbox|radio/.test(element.type)
  const drawn = (isDrawnByLabel && element.closest('label')) || element
  const hasRing = () => {
    const around = [drawn.parentElement, drawn.parentElement?.parentElement].filter((one) => one != null)
    return [element, drawn, ...around, ...drawn.querySelectorAll<HTMLElement>('*')].some((one) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(one)
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2
    })
  }
  const isSeen = () => {
    const box = drawn.getBoundingClientRect()
    const places = [
      [0.5, 0.5],
      [0.1, 0.2],
      [0.9, 0.2],
      [0.1, 0.8],
      [0.9, 0.8],
    ] as const
    return places.some(([x, y]) => {
      const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y)
      return top !== null && (drawn.contains(top) || top.contains(drawn))
    })
  }
  for (const start = performance.now(); performance.now() - start < 500 && !(hasRing() && isSeen()); ) {
    await new Promise(requestAnimationFrame)
  }
  const name = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 60) ?? ''
  return {
    number,
    name: `${element.tagName.toLowerCase()} ${name}`,
    hasRing: hasRing(),
    isSeen: isSeen(),
  }
}

/** In the page: controls that the walk has not come by. */
function unreached(): string[] {
  const controls = 'a[href], button:not([disabled]), input:not([disabled]), select, textarea, summary, [tabindex="0"]'
  return [...document.querySelectorAll<HTMLElement>(controls)]
    .filter((element) => {
      if (element.dataset.stop !== undefined || element.closest('[aria-hidden="true"], [inert], [hidden]')) return false
      if (!element.checkVisibility({ visibilityProperty: true })) return false
      if (element instanceof HTMLInputElement && element.type === 'file') return false
      // One stop of these leads to all of them, by the arrow keys.
      const group = element.closest('[role=grid], [role=radiogroup], [role=tablist], [role=toolbar], [role=menu]')
      if (group !== null) return group.querySelector('[data-stop]') === null && !group.matches('[data-stop]')
      return !(element instanceof HTMLInputElement && element.type === 'radio')
    })
    .map(
      (element) =>
        `${element.tagName.toLowerCase()} ${element.getAttribute('aria-label') ?? element.textContent ?? ''}`,
    )
}

import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** Fails with every violation that axe finds on the page as it stands, in the light and in the dark theme. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.evaluate(settle)
    const { violations } = await new AxeBuilder({ page }).analyze()
    const found = violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) }))
    expect(found, `axe, ${colorScheme} theme`).toEqual([])
  }
}

/** Colours on their way from one theme to the other have no contrast to speak of. */
async function settle(): Promise<void> {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  const isEnding = (animation: Animation) =>
    animation.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY
  await Promise.allSettled(
    document
      .getAnimations()
      .filter(isEnding)
      .map((animation) => animation.finished),
  )
}

// What each page may cost: scripts in bytes on the wire, beyond those that any page of the dashboard loads.
export const BASELINE_SCRIPT_BYTES = 134_800
/** Of an app with a table, a filter bar and menus; of one with fields and tabs; and so on. */
const [FORM, LIST, TAB, CREATE] = [20_000, 120_000, 95_000, 110_000]

export const DOCUMENT_BYTES_MAX = 60_000
export const LAYOUT_SHIFT_MAX = 0.05
export const INTERACTION_MS_MAX = 200
/** Beyond the document and its parts, of a list. */
export const LIST_REQUESTS_MAX = 3

const clickFirst = (role, name) => async (page) => {
  await page.getByRole(role, { name }).first().click()
}
const write = (role, name, text) => async (page) => {
  await page.getByRole(role, { name }).pressSequentially(text, { delay: 40 })
}
const openAccountMenu = clickFirst('button', /^Account of/)

/**
 * In the order of a table. `budget` is what scripts may weigh beyond the baseline; `act` is what a person does there first.
 */
export function pagesOf(imageId) {
  const ofImage = (tab) => `/images/${imageId}${tab}`
  return [
    { name: 'sign-in', path: '/signin', budget: FORM, isPublic: true, act: write('textbox', /user/i, 'somebody') },
    { name: 'images', path: '/images?n=50', budget: LIST, isList: true, act: useList },
    {
      name: 'new image',
      path: '/images/new',
      budget: CREATE,
      act: write('textbox', /^Name/, 'debian'),
    },
    { name: 'image', path: ofImage(''), budget: TAB, act: clickFirst('button', /^Actions for/) },
    { name: 'properties', path: ofImage('/properties'), budget: TAB, act: openAccountMenu },
    { name: 'sharing', path: ofImage('/sharing'), budget: TAB, act: openAccountMenu },
    { name: 'locations', path: ofImage('/locations'), budget: TAB, act: openAccountMenu },
    { name: 'tasks of an image', path: ofImage('/tasks'), budget: TAB, act: openAccountMenu },
    { name: 'security', path: ofImage('/security'), budget: TAB, act: openAccountMenu },
    { name: 'history', path: ofImage('/history'), budget: TAB, act: openAccountMenu },
    { name: 'use it', path: ofImage('/use'), budget: TAB, act: clickFirst('tab', /Terraform/i) },
    { name: 'raw', path: ofImage('/raw'), budget: TAB, act: openAccountMenu },
    { name: 'families', path: '/images/families', budget: LIST, act: openAccountMenu },
    { name: 'inbox', path: '/images/inbox', budget: LIST, isList: true, act: openAccountMenu },
    { name: 'uploads', path: '/uploads', budget: LIST, act: openAccountMenu },
    { name: 'tasks', path: '/tasks', budget: LIST, isList: true, act: openAccountMenu },
    { name: 'usage', path: '/usage', budget: TAB, act: openAccountMenu },
    { name: 'account', path: '/account', budget: TAB, act: openAccountMenu },
  ]
}

async function useList(page) {
  await page
    .getByRole('checkbox', { name: /^Select / })
    .nth(1)
    .click({ force: true })
  await page.getByRole('combobox', { name: 'Filter or search images' }).pressSequentially('sta', { delay: 40 })
}

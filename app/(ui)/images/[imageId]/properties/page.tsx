import { PropertyEditor } from '@/components/properties/property-editor'
import type { RequestContext } from '@/lib/context/request-context'
import { isApiError } from '@/lib/errors/api-error'
import { imagePropertyGroups } from '@/lib/metadefs/image-properties'
import { mayLoadStandard } from '@/lib/metadefs/load-standard'
import type { PropertyGroup } from '@/lib/metadefs/view'
import { allowed } from '@/lib/policy/enforce'
import { mayUseProperty } from '@/lib/policy/property-protection'
import { imageTarget } from '@/lib/policy/targets'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { guarded } from '../../../guarded'
import { type ImageParams, loadImage } from '../load-image'
import { loadDefinitionsAction, saveProperties } from './actions'

/** The service's own; nobody may write them. */
const OWN_PREFIX = 'os_glance'

export default async function PropertiesPage({ params }: { params: ImageParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const image = await loadImage((await params).imageId)
    const properties = Object.fromEntries(
      Object.entries(image.properties).filter(([name]) => !name.startsWith(OWN_PREFIX)),
    )
    const readable = await groupsFor(ctx)
    const groups = readable ?? []
    const defined = groups.flatMap((group) => group.properties.map(({ key }) => key))
    const isProtected = (name: string) =>
      !mayUseProperty(ctx, name, Object.hasOwn(properties, name) ? 'update' : 'create')
    return (
      <PropertyEditor
        // An editor of another image begins anew.
        key={image.id}
        imageId={image.id}
        properties={properties}
        groups={groups}
        noDefinitions={readable?.length === 0 ? { load: mayLoadStandard(ctx) ? loadDefinitionsAction : null } : null}
        canModify={allowed(ctx, 'modify_image', imageTarget(image))}
        protectedKeys={[...new Set([...Object.keys(properties), ...defined])].filter(isProtected)}
        save={saveProperties}
      />
    )
  })
}

/** Null where the rules show the reader no definitions: properties are plain texts then. */
async function groupsFor(ctx: RequestContext): Promise<readonly PropertyGroup[] | null> {
  try {
    return await imagePropertyGroups(ctx)
  } catch (error) {
    if (!isApiError(error)) throw error
    return null
  }
}

import { ImageSharing, type MemberView } from '@/components/images/image-sharing'
import type { RequestContext } from '@/lib/context/request-context'
import type { Image } from '@/lib/images/image'
import type { ImageMember } from '@/lib/images/member'
import { listMembers } from '@/lib/images/members'
import { mayAnswer } from '@/lib/images/offers'
import { allowed } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { guarded } from '../../../guarded'
import { projectNames, readerProjects } from '../../../projects'
import { imageActions } from '../../actions'
import { imageItem } from '../../image-item'
import { type ImageParams, loadImage } from '../load-image'
import { addMembersAction, answerOfferAction, removeMemberAction } from './actions'

export default async function SharingPage({ params }: { params: ImageParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const image = await loadImage((await params).imageId)
    const members = image.visibility === 'shared' ? await listMembers(ctx, image.id) : null
    const names = await projectNames()
    const { projectId } = ctx.principal
    const shown = members?.map((member) => memberView(member, names)) ?? null
    const isOwn = image.ownerId === projectId
    return (
      <ImageSharing
        item={imageItem(ctx, image)}
        members={shown}
        own={isOwn ? null : (shown?.find(({ memberId }) => memberId === projectId) ?? null)}
        can={sharingCan(ctx, image)}
        projects={(await readerProjects()).filter(({ id }) => id !== image.ownerId)}
        actions={{ add: addMembersAction, remove: removeMemberAction, answer: answerOfferAction }}
        imageActions={imageActions}
      />
    )
  })
}

/** Removing a member asks for the right to see it too, as the Image API does. */
function sharingCan(ctx: RequestContext, image: Image) {
  const target = imageTarget(image)
  return {
    add: allowed(ctx, 'add_member', target),
    remove: allowed(ctx, 'delete_member', target) && allowed(ctx, 'get_member', target),
    answer: mayAnswer(ctx, image),
  }
}

function memberView(member: ImageMember, names: ReadonlyMap<string, string>): MemberView {
  const { memberId, status, createdAt, updatedAt } = member
  return {
    memberId,
    name: names.get(memberId) ?? null,
    status,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  }
}

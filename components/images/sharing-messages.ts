import { formatCount } from '@/components/ui/format'
import { texts } from '@/components/ui/texts'

/** Texts of sharing, as both sides see it. */
export const sharingTexts = texts('sharing', {
  title: 'Projects',
  notSharedTitle: 'This image is not shared',
  notShared: {
    private: 'Only this project sees it. Share it to offer it to single projects; each decides whether it takes it.',
    community: 'Every project may use it already. To offer it to single projects only, make it shared.',
    public: 'Every project sees it already. To offer it to single projects only, make it shared.',
  },
  share: 'Share this image',
  add: 'Offer to project',
  addLabel: 'Project IDs',
  addHelp: 'One ID or several, with commas or spaces between them. A project finds its ID in its inbox.',
  addPlaceholder: 'for example 4f9c1a0e7d3b4c55a1b2c3d4e5f60718',
  ownProjects: 'Your other projects',
  offerTo: (name: string) => `Offer to ${name}`,
  offered: (count: number) => (count === 1 ? 'Offered to 1 project' : `Offered to ${formatCount(count)} projects`),
  notOffered: (count: number) => (count === 1 ? '1 project was not added' : `${formatCount(count)} projects not added`),
  none: 'Not offered to any project yet.',
  since: 'offered',
  answered: 'answered',
  remove: (name: string) => `Stop sharing with ${name}`,
  removed: (name: string) => `No longer shared with ${name}`,
  linkTitle: 'Link for the other project',
  linkHelp: 'Whoever works in a project that you offered it to can open this page, also before they accept.',
  copyLink: 'Copy link',
  status: { pending: 'waiting', accepted: 'accepted', rejected: 'rejected' },
  statusHelp: {
    pending: 'The project can use the image by its ID, and has not answered yet',
    accepted: 'The project sees the image in its list',
    rejected: 'The project can use the image by its ID, but does not want it in its list',
  },
  offeredToYou: {
    pending: 'This image is offered to your project.',
    accepted: 'Your project has accepted this image.',
    rejected: 'Your project has rejected this image.',
  },
  offeredHelp: {
    pending: 'Accept it to see it in your lists. Until then it is found by its ID only.',
    accepted: 'It stands in your lists. Its owner may stop sharing it at any time.',
    rejected: 'It does not stand in your lists. You can accept it later.',
  },
  accept: 'Accept',
  reject: 'Reject',
  leave: 'Take out of my lists',
  accepted: (name: string) => `${name} is in your lists now`,
  rejected: (name: string) => `${name} is rejected`,
  back: (name: string) => `${name} waits for your answer again`,
} as const)

export const inboxTexts = texts('inbox', {
  title: 'Inbox',
  intro: 'Images that other projects offer to this one.',
  views: 'Offers',
  view: { pending: 'Waiting', accepted: 'Accepted', rejected: 'Rejected' },
  from: 'From',
  offered: 'Offered',
  size: 'Size',
  unknownOwner: 'nobody',
  empty: {
    pending: 'Nothing is offered to this project',
    accepted: 'Nothing accepted yet',
    rejected: 'Nothing rejected',
  },
  emptyText: {
    pending: 'Somebody who wants to share an image with you needs the ID of this project:',
    accepted: 'What you accept here stands in your list of images, under “Shared with me”.',
    rejected: 'What you reject stays here, in case you change your mind.',
  },
  copyProject: 'Copy the ID of this project',
  list: (view: string) => `Offers: ${view}`,
  answers: (name: string) => `Answer the offer of ${name}`,
} as const)

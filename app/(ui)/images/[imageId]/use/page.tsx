import { cookies, headers } from 'next/headers'
import { signInSnippet, snippetsFor } from '@/components/images/snippets'
import { readToolPreference, toolCookie } from '@/components/images/tool-preference'
import { UseImage } from '@/components/images/use-image'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { guarded } from '../../../guarded'
import { type ImageParams, loadImage } from '../load-image'
import { snippetSubject } from './snippet-subject'

export default async function UseImagePage({ params }: { params: ImageParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const image = await loadImage((await params).imageId)
    const [jar, requestHeaders] = await Promise.all([cookies(), headers()])
    const subject = snippetSubject(ctx, image, (name) => requestHeaders.get(name) ?? undefined)
    return (
      <UseImage
        signIn={signInSnippet(subject)}
        byTool={{
          openstack: snippetsFor('openstack', subject),
          terraform: snippetsFor('terraform', subject),
          ansible: snippetsFor('ansible', subject),
          curl: snippetsFor('curl', subject),
          python: snippetsFor('python', subject),
        }}
        isActive={image.status === 'active'}
        preferredTool={readToolPreference(jar.get(toolCookie)?.value)}
      />
    )
  })
}

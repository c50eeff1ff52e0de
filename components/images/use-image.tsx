'use client'

import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { Banner } from '@/components/ui/banner'
import { writePreference } from '@/components/ui/preferences'
import { CodeBlock } from './code-block'
import type { Snippet } from './snippets'
import { type Tool, toolCookie, tools } from './tool-preference'
import { snippetTexts } from './use-messages'

export interface UseImageProps {
  readonly signIn: Snippet
  readonly byTool: Readonly<Record<Tool, readonly Snippet[]>>
  readonly isActive: boolean
  readonly preferredTool: Tool
}

/** How to use the image from elsewhere: text to paste, with this service's own addresses. */
export function UseImage({ signIn, byTool, isActive, preferredTool }: UseImageProps) {
  return (
    <div className="flex max-w-4xl flex-col gap-6 px-4 pt-5 pb-16 md:px-6">
      {!isActive && <Banner tone="info">{snippetTexts.notActive}</Banner>}
      <SnippetView snippet={signIn} />
      <Tabs
        defaultSelectedKey={preferredTool}
        onSelectionChange={(key) => writePreference(toolCookie, String(key))}
        className="flex flex-col gap-4"
      >
        <TabList
          aria-label={snippetTexts.toolsLabel}
          className="flex max-w-full gap-0.5 self-start overflow-x-auto rounded-md bg-press p-0.5 [scrollbar-width:none]"
        >
          {tools.map((tool) => (
            <Tab
              key={tool}
              id={tool}
              className="shrink-0 cursor-default rounded-sm px-3 py-1 text-muted transition-colors hovered:text-text chosen:bg-raised chosen:font-medium chosen:text-text"
            >
              {snippetTexts.tools[tool]}
            </Tab>
          ))}
        </TabList>
        {tools.map((tool) => (
          <TabPanel key={tool} id={tool} className="flex flex-col gap-6">
            {byTool[tool].map((snippet) => (
              <SnippetView key={snippet.title} snippet={snippet} />
            ))}
          </TabPanel>
        ))}
      </Tabs>
    </div>
  )
}

function SnippetView({ snippet }: { snippet: Snippet }) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <div>
        <h2 className="font-semibold">{snippet.title}</h2>
        {snippet.help !== undefined && <p className="text-muted text-sm">{snippet.help}</p>}
      </div>
      <CodeBlock code={snippet.code} label={snippet.title} />
    </div>
  )
}

'use client'

import { ChevronsUpDown, FolderClosed } from 'lucide-react'
import { useTransition } from 'react'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem, MenuSection } from '@/components/ui/menu'
import { useNavigation } from '@/components/ui/navigation'
import { useToast } from '@/components/ui/toast'
import { shellTexts } from './messages'
import type { ShellActions, ShellProject } from './view'

export interface ProjectSwitcherProps {
  readonly current: ShellProject | null
  readonly projects: readonly ShellProject[]
  readonly switchProject: ShellActions['switchProject']
}

/** Names the project that everything on the page belongs to; with more than one, switches between them. */
export function ProjectSwitcher({ current, projects, switchProject }: ProjectSwitcherProps) {
  const [isSwitching, startSwitch] = useTransition()
  const { refresh } = useNavigation()
  const toast = useToast()
  const name = current?.name ?? shellTexts.noProject
  if (projects.length < 2) {
    return (
      <span className="inline-flex min-w-0 items-center gap-2 px-2.5 font-medium">
        <FolderClosed className="size-4 shrink-0 text-muted" aria-hidden />
        <span className="sr-only">{shellTexts.project}</span>
        <span className="truncate">{name}</span>
      </span>
    )
  }
  const choose = (projectId: string) => {
    if (projectId === current?.id) return
    startSwitch(async () => {
      const refusal = await switchProject(projectId)
      if (refusal === null) refresh()
      else toast({ kind: 'error', title: shellTexts.switchFailed, text: refusal })
    })
  }
  const domains = [...new Set(projects.map((project) => project.domainName))]
  return (
    <Menu
      label={shellTexts.switchProject}
      placement="bottom start"
      trigger={
        <Button variant="quiet" className="min-w-0 max-w-64 shrink" isPending={isSwitching}>
          <FolderClosed className="text-muted" aria-hidden />
          <span className="sr-only">{shellTexts.project}</span>
          <span className="truncate">{name}</span>
          <ChevronsUpDown className="size-3.5! text-muted" aria-hidden />
        </Button>
      }
    >
      {domains.map((domainName) => (
        <MenuSection key={domainName} title={shellTexts.domain(domainName)}>
          {projects
            .filter((project) => project.domainName === domainName)
            .map((project) => (
              <MenuItem
                key={project.id}
                id={project.id}
                isChecked={project.id === current?.id}
                onAction={() => choose(project.id)}
              >
                {project.name}
              </MenuItem>
            ))}
        </MenuSection>
      ))}
    </Menu>
  )
}

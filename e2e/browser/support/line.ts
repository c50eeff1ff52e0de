import { connect, createServer, type Server, type Socket } from 'node:net'

/** The line between a browser and a server: it counts what goes up, is as slow as it is told, and can be cut. */
export class Line {
  bytesUp = 0
  /** 0 is as fast as it goes */
  bytesPerSecond = 0
  #isCut = false
  readonly #sockets = new Set<Socket>()

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(target: string): Promise<Line> {
    const { hostname, port } = new URL(target)
    const server = createServer({ pauseOnConnect: true })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const line = new Line(server, `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
    server.on('connection', (near) => line.#join(near, connect(Number(port), hostname)))
    return line
  }

  /** Ends what is on it and takes nothing new until it is mended. */
  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  mend(): void {
    this.#isCut = false
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.server.close(resolve))
  }

  #join(near: Socket, far: Socket): void {
    const ends = [near, far]
    for (const socket of ends) {
      this.#sockets.add(socket)
      const end = () => {
        this.#sockets.delete(socket)
        for (const other of ends) other.destroy()
      }
      socket.on('error', end)
      socket.on('close', end)
    }
    if (this.#isCut) return void near.destroy()
    far.pipe(near)
    near.on('data', (chunk) => {
      this.bytesUp += chunk.byteLength
      if (!far.write(chunk)) near.pause()
      if (this.bytesPerSecond === 0) return
      near.pause()
      setTimeout(() => near.resume(), (chunk.byteLength / this.bytesPerSecond) * 1000)
    })
    far.on('drain', () => {
      if (this.bytesPerSecond === 0) near.resume()
    })
    near.resume()
  }
}

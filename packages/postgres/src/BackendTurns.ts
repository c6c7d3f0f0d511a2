/**
 * Who has the one backend, and who waits for it.
 *
 * Guarantees: one turn at a time; turns are given in the order asked for; a holder that keeps the backend after its turn,
 * because a transaction is open, has it until a later turn of its own gives it back.
 */
import { Effect } from "effect"

/** Somebody who takes turns. */
export interface TurnTaker {
  /** Whether a turn would find something to do. */
  readonly hasWork: boolean
  /** Does one piece of work; never rejects. Answers whether the backend is to be kept. */
  readonly takeTurn: () => Promise<boolean>
}

/** The order of turns. */
export class BackendTurns<A extends TurnTaker> {
  /** How many turns were taken. */
  taken = 0
  #owner: A | undefined
  #running = false
  readonly #waiting = new Set<A>()
  readonly #whenFree: Array<() => void> = []

  /** Who keeps the backend but has given it nothing to do. */
  get idleOwner(): A | undefined {
    return this.#running ? undefined : this.#owner
  }

  /** Asks for a turn. Ask only with work to do. */
  request(taker: A): void {
    if (taker !== this.#owner) this.#waiting.add(taker)
    this.#next()
  }

  /** Takes a request back; answers whether there was one. */
  withdraw(taker: A): boolean {
    return this.#waiting.delete(taker)
  }

  /** Completes when nobody has the backend and nobody waits for it. */
  readonly free: Effect.Effect<void> = Effect.callback<void>((resume) => {
    this.#whenFree.push(() => resume(Effect.void))
    this.#next()
  })

  #next(): void {
    if (this.#running) return
    const [first] = this.#waiting
    const taker = this.#owner ?? first
    if (taker === undefined) {
      for (const free of this.#whenFree.splice(0)) free()
      return
    }
    if (!taker.hasWork) return
    this.#owner = taker
    this.#waiting.delete(taker)
    this.#running = true
    this.taken += 1
    void taker.takeTurn().then((keeps) => {
      this.#running = false
      if (!keeps) {
        this.#owner = undefined
        if (taker.hasWork) this.#waiting.add(taker)
      }
      this.#next()
    })
  }
}

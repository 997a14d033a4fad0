// The load: one publisher, some subscribers. The clients are as thin as they can be, packets made beforehand and read
// by hand, so that the broker is what is measured.
const PAYLOAD = new Uint8Array(16).fill(0x61)

const text = (string) => [0, string.length, ...new TextEncoder().encode(string)]
/** A packet of less than 128 bytes. */
const packet = (first, ...body) => Uint8Array.of(first, body.length, ...body)

/** Where answers to a chunk are put together: an answer is never longer than what it answers. */
const answers = new Uint8Array(1 << 20)
let answered = 0

function answer(first, high, low) {
  answers[answered++] = first
  answers[answered++] = 2
  answers[answered++] = high
  answers[answered++] = low
}

class Client {
  constructor(link) {
    this.link = link
    this.left = null
    this.onAnswer = null
    this.onMessage = null
    this.onDone = null
    link.onData = (chunk) => this.take(chunk)
  }

  /** Sends a packet and waits for the answer of a type. */
  ask(request, type) {
    return new Promise((resolve) => {
      this.onAnswer = (found, body) => {
        if (found === type) resolve(body)
      }
      this.link.send(request)
    })
  }

  take(chunk) {
    if (this.left) {
      const joined = new Uint8Array(this.left.length + chunk.length)
      joined.set(this.left)
      joined.set(chunk, this.left.length)
      chunk = joined
      this.left = null
    }
    // A broker may have another client called while this one is.
    const begun = answered
    let at = 0
    while (at < chunk.length) {
      const end = at + 2 + chunk[at + 1]
      if (!(end <= chunk.length)) {
        this.left = chunk.slice(at)
        break
      }
      this.packet(chunk, at, end)
      at = end
    }
    if (answered > begun) {
      const own = answers.slice(begun, answered)
      answered = begun
      this.link.send(own)
    }
  }

  packet(chunk, at, end) {
    switch (chunk[at] >> 4) {
      case 3: {
        const qos = chunk[at] >> 1 & 3
        if (qos > 0) {
          const id = at + 4 + chunk[at + 3]
          answer(qos === 1 ? 0x40 : 0x50, chunk[id], chunk[id + 1])
        }
        this.onMessage()
        break
      }
      case 4: case 7: this.onDone(); break
      case 5: answer(0x62, chunk[at + 2], chunk[at + 3]); break
      case 6: answer(0x70, chunk[at + 2], chunk[at + 3]); break
      default: this.onAnswer(chunk[at] >> 4, chunk.slice(at + 2, end))
    }
  }
}

async function client(connect, name) {
  const made = new Client(await connect())
  await made.ask(packet(0x10, ...text('MQTT'), 4, 2, 0, 0, ...text(name)), 2)
  return made
}

/** Connects and subscribes everybody; gives a function that publishes so many messages and waits for all of it. */
export async function prepare(connect, subscribers, qos) {
  const topic = `bench/to${subscribers}/qos${qos}`
  const receivers = []
  for (let i = 0; i < subscribers; i++) {
    const receiver = await client(connect, `s${subscribers}-${qos}-${i}`)
    const granted = await receiver.ask(packet(0x82, 0, 1, ...text(topic), qos), 9)
    if (granted[2] !== qos) throw new Error(`QoS ${granted[2]} was granted`)
    receivers.push(receiver)
  }
  const publisher = await client(connect, `p${subscribers}-${qos}`)
  const message = packet(0x30 | qos << 1, ...text(topic), ...(qos > 0 ? [0, 0] : []), ...PAYLOAD)
  const idAt = 4 + topic.length
  const window = subscribers > 1 ? 20 : qos > 0 ? 100 : 1000
  let id = 0
  return (publishes) => new Promise((resolve) => {
    let [sent, delivered, done] = [0, 0, 0]
    const pump = () => {
      while (sent < publishes && sent - Math.floor(delivered / subscribers) < window && (qos === 0 || sent - done < window)) {
        const copy = message.slice()
        if (qos > 0) {
          id = id % 65_535 + 1
          copy[idAt] = id >> 8
          copy[idAt + 1] = id & 0xff
        }
        sent++
        publisher.link.send(copy)
      }
    }
    const finish = () => {
      if (delivered > publishes * subscribers) throw new Error('a message came twice')
      if (delivered === publishes * subscribers && (qos === 0 || done === publishes)) resolve()
    }
    for (const receiver of receivers) {
      receiver.onMessage = () => {
        delivered++
        if (delivered % (subscribers * 8) === 0) pump()
        if (delivered >= publishes * subscribers) finish()
      }
    }
    publisher.onDone = () => {
      done++
      pump()
      if (done === publishes) finish()
    }
    pump()
  })
}

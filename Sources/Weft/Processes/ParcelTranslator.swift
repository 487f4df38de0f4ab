import WeftMachine

/// A machine that carries out no task: it turns values into bytes for a worker process, and what comes from there into values
/// for the host.
final class ParcelTranslator: @unchecked Sendable {
  // What is unchecked is sound because one thread at a time, under `lock`, uses the machine.
  private let lock = Locked(())
  private var machine: Machine?
  private let context: RunContext

  init(_ context: RunContext) { self.context = context }

  private func withMachine<Result: Sendable>(_ body: (Machine) -> Result) -> Result {
    lock.withLock { _ in
      let machine = machine ?? context.makeMachine()
      self.machine = machine
      return body(machine)
    }
  }

  /// The same values in a parcel that is all bytes.
  func bytes(of parcel: Parcel) -> Parcel {
    parcel.isPlainBytes ? parcel : withMachine { $0.bytes(of: parcel) }
  }

  /// Nil when the bytes make no sense.
  func values(in parcel: Parcel) -> [WeftValue]? { withMachine { $0.values(in: parcel) } }

  /// An answer as bytes, and whether it is an error.
  func bytes(of answer: HostAnswer) -> (bytes: [UInt8], isError: Bool) {
    withMachine { machine in
      let (value, isError): (WeftValue, Bool) =
        switch answer {
        case .value(let value): (value, false)
        case .failed(let error): (.error(error), true)
        case .parcel(let parcel, let isError): (machine.values(in: parcel)?.first ?? .none, isError)
        }
      do throws(WeftError) { return (try machine.parcel(of: value).bytes, isError) } catch {
        // An error of two texts always travels.
        return ((try? machine.parcel(of: .error(WeftError(error.kind, error.message))))?.bytes ?? [0], true)
      }
    }
  }
}

public import WeftCompiler

/// A program in the shape in which machines run it: made once, and used by all machines that run it, on any threads.
///
/// ```swift
/// let loaded = LoadedImage(image)
/// let machine = Machine(image: image, loaded: loaded)
/// ```
public final class LoadedImage: @unchecked Sendable {
  // What is unchecked is sound because nothing changes after `init`.

  let code: UnsafeMutablePointer<UInt64>
  let functions: UnsafeMutablePointer<FunctionInfo>
  /// Indices of the image's functions in the order of their code.
  let functionOrder: [Int]

  public init(_ image: Image) {
    (code, functions) = Self.tables(of: image)
    functionOrder = Self.order(of: image)
  }

  deinit {
    code.deallocate()
    functions.deallocate()
  }

  /// - Parameter room: Words of code that there shall be room for.
  static func tables(
    of image: Image, room: Int = 0
  ) -> (code: UnsafeMutablePointer<UInt64>, functions: UnsafeMutablePointer<FunctionInfo>) {
    let code = UnsafeMutablePointer<UInt64>.allocate(capacity: max(room, image.code.count) + 1)
    image.code.withUnsafeBufferPointer { words in
      if let first = words.baseAddress { code.initialize(from: first, count: words.count) }
    }
    (code + image.code.count).initialize(to: 0)
    let functions = UnsafeMutablePointer<FunctionInfo>.allocate(capacity: max(1, image.functions.count))
    for (index, function) in image.functions.enumerated() {
      (functions + index).initialize(to: FunctionInfo(function, code))
    }
    return (code, functions)
  }

  static func order(of image: Image) -> [Int] {
    image.functions.indices.sorted { image.functions[$0].start < image.functions[$1].start }
  }
}

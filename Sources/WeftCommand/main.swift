import Weft
import WeftSyntax
import WeftHTTP
import Foundation

let path = CommandLine.arguments[1]
let data = FileManager.default.contents(atPath: path) ?? Data()
do {
  let script = try Script(compiling: SourceFile(name: path, bytes: Array(data)))
  if CommandLine.arguments.contains("--dis") { print(script.image.disassembly) }
  var result: RunResult
  if CommandLine.arguments.contains("--virtual") {
    result = script.runVirtually(output: { FileHandle.standardOutput.write(Data($0)) })
  } else {
    result = await script.run(fetcher: HTTPFetcher(), observer: RunObserver(output: { FileHandle.standardOutput.write(Data($0)) }))
  }
  if case .failed(let report) = result.outcome { print(script.text(of: report)) }
  if CommandLine.arguments.contains("-v") { print(result) }
} catch let error as Script.CompileError {
  for d in error.diagnostics { print(DiagnosticRenderer(color: false).text(d, in: error.source)) }
}

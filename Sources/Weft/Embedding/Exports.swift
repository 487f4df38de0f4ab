// What an embedder needs of the modules underneath, so that `import Weft` is enough. The modules themselves are not exported:
// they hold the parts of the machine as well.

public import WeftCompiler
public import WeftMachine
public import WeftSyntax

public typealias WeftValue = WeftMachine.WeftValue
public typealias WeftMap = WeftMachine.WeftMap
public typealias WeftError = WeftMachine.WeftError
public typealias HostObject = WeftMachine.HostObject
public typealias HostReference = WeftMachine.HostReference
public typealias HostFunction = WeftMachine.HostFunction
public typealias HostParameter = WeftMachine.HostParameter
public typealias HostCallStyle = WeftMachine.HostCallStyle
public typealias HostMethods = WeftMachine.HostMethods
public typealias HostTable = WeftMachine.HostTable
public typealias RunOutcome = WeftMachine.RunOutcome
public typealias ErrorReport = WeftMachine.ErrorReport
public typealias FetchRequest = WeftMachine.FetchRequest
public typealias FetchResponse = WeftMachine.FetchResponse
public typealias FetchFailure = WeftMachine.FetchFailure
public typealias FileFailure = WeftMachine.FileFailure
public typealias Capabilities = WeftCompiler.Capabilities
public typealias SourceFile = WeftSyntax.SourceFile
public typealias Diagnostic = WeftSyntax.Diagnostic
public typealias DiagnosticRenderer = WeftSyntax.DiagnosticRenderer
public typealias RunRecords = WeftMachine.RunRecords
public typealias RunRecord = WeftMachine.RunRecord

import Foundation
import NIOSSL

/// Certificates made by the `openssl` command when a test needs them: none is checked in, none outlives the test.
struct TestCertificate {
  var certificate: NIOSSLCertificate
  var key: NIOSSLPrivateKey

  /// - Parameters:
  ///   - name: a subject alternative name such as `IP:127.0.0.1` or `DNS:localhost`.
  ///   - isSelfSigned: or signed by an authority that is thrown away.
  ///   - days: negative for one that has expired.
  init(name: String, isSelfSigned: Bool = true, from: String = "20240101000000Z", until: String = "20990101000000Z")
    throws
  {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weft-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = """
      set -e
      cd '\(folder.path)'
      printf '[ca]\\ndefault_ca=c\\n[c]\\ndatabase=index\\nserial=serial\\nnew_certs_dir=.\\ndefault_md=sha256\\npolicy=p\\n\\
      [p]\\ncommonName=supplied\\n[e]\\nsubjectAltName=\(name)\\n[r]\\ndistinguished_name=d\\n[d]\\n' > conf
      : > index
      echo 01 > serial
      openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 9 -subj /CN=authority
      openssl req -new -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=test
      if \(isSelfSigned); then signer='-selfsign -keyfile key.pem'; else signer='-cert ca.pem -keyfile ca.key'; fi
      openssl ca -batch -notext -config conf $signer -in request.pem -out cert.pem -extensions e \
        -startdate \(from) -enddate \(until)
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let report = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(report: String(decoding: report, as: UTF8.self)) }
    certificate = try NIOSSLCertificate.fromPEMFile(folder.appendingPathComponent("cert.pem").path)[0]
    key = try NIOSSLPrivateKey(file: folder.appendingPathComponent("key.pem").path, format: .pem)
  }

  struct Failure: Error {
    var report: String
  }

  func serverContext(protocols: [String] = []) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
    configuration.applicationProtocols = protocols
    return try NIOSSLContext(configuration: configuration)
  }

  /// For a client that trusts nobody but this.
  var clientConfiguration: TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates([certificate])
    return configuration
  }
}

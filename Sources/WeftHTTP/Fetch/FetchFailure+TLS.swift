import NIOSSL
import WeftMachine

extension FetchFailure {
  init(tls error: NIOSSLError, target: RequestTarget, hasHead: Bool) {
    let authority = target.authority
    switch error {
    case .handshakeFailed(.sslError(let stack)), .handshakeFailed(.unknownError(let stack)):
      self.init(handshake: stack.map(\.description).joined(separator: "; "), target: target)
    case .handshakeFailed(.syscallError), .handshakeFailed(.zeroReturn):
      self.init(.tls, "\(authority) closed the connection during the TLS handshake")
    case .handshakeFailed: self.init(.tls, "the TLS handshake with \(authority) failed")
    case .uncleanShutdown: self = .closed(target: target, hasHead: hasHead)
    case .noCertificateToValidate: self.init(.tls, "\(authority) showed no certificate")
    case .unableToValidateCertificate: self.init(.tls, "the certificate of \(authority) is not valid for this host")
    default: self.init(.tls, "the TLS connection to \(authority) failed")
    }
  }

  init(tlsExtra error: NIOSSLExtraError, target: RequestTarget) {
    switch error {
    case .failedToValidateHostname:
      self.init(.tls, "the certificate of \(target.authority) is not for `\(target.host)`")
    case .serverHostnameImpossibleToMatch, .invalidSNIHostname, .cannotUseIPAddressInSNI:
      self.init(.tls, "no certificate can be valid for the host `\(printable(target.host[...]))`")
    default: self.init(.tls, "the TLS connection to \(target.authority) failed")
    }
  }

  /// - Parameter report: BoringSSL's words, which hold its constants such as `CERTIFICATE_VERIFY_FAILED`.
  private init(handshake report: String, target: RequestTarget) {
    let authority = target.authority
    let isPlain = ["WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNEXPECTED_RECORD", "INVALID_SSL_SESSION"]
    if report.contains("CERTIFICATE_VERIFY_FAILED") {
      self = .untrustedCertificate(target)
    } else if isPlain.contains(where: report.contains) {
      self.init(
        .tls, "\(authority) does not speak TLS",
        hint: target.port == 443 ? nil : "did you mean `http://\(authority)`?")
    } else if report.contains("EOF during handshake") {
      self.init(.tls, "\(authority) closed the connection during the TLS handshake")
    } else if let alert = report.split(whereSeparator: { !($0.isLetter || $0 == "_") }).first(where: {
      $0.contains("ALERT_")
    }) {
      self.init(.tls, "\(authority) refused the TLS handshake (\(Self.words(ofConstant: alert)))")
    } else {
      self.init(.tls, "the TLS handshake with \(authority) failed")
    }
  }

  static func untrustedCertificate(_ target: RequestTarget) -> FetchFailure {
    FetchFailure(.tls, "the certificate of \(target.authority) is not trusted")
  }

  /// `SSLV3_ALERT_HANDSHAKE_FAILURE` → `handshake failure`.
  private static func words(ofConstant constant: Substring) -> String {
    let parts = constant.split(separator: "_")
    guard let alert = parts.firstIndex(of: "ALERT") else { return constant.lowercased() }
    return parts[(alert + 1)...].joined(separator: " ").lowercased()
  }
}

import HTTPTypes
import Hummingbird
import Weft

// job-server [PORT]: runs the scripts that its users post, and tells them what happens as it happens.
//
//   curl -N -H 'X-Key: ada' --data-binary @job.weft http://127.0.0.1:8080/run
//   curl -X DELETE -H 'X-Key: ada' http://127.0.0.1:8080/runs/1

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let desk = Desk()

func user(_ request: Request) throws -> User {
  guard let key = HTTPField.Name("X-Key"), let user = request.headers[key].flatMap({ User.known[$0] }) else {
    throw HTTPError(.unauthorized, message: "send your key as X-Key")
  }
  return user
}

let router = Router()

router.post("/run") { request, _ -> Response in
  let user = try user(request)
  let source = try await String(buffer: request.body.collect(upTo: 64_000))
  let script: Script
  do {
    script = try desk.interpreter(for: user).compile(source, name: "\(user.name).weft")
  } catch {
    return Response(status: .unprocessableContent, body: ResponseBody(byteBuffer: ByteBuffer(string: "\(error)\n")))
  }
  guard let place = desk.place(for: user) else {
    throw HTTPError(.tooManyRequests, message: "\(user.name) may have \(user.plan.runs) runs at once")
  }
  return Response(
    status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
    body: ResponseBody { writer in
      try await tell(script.start(observed: true), in: place, to: &writer)
      try await writer.finish(nil)
    })
}

router.delete("/runs/:id") { request, context -> HTTPResponse.Status in
  let user = try user(request)
  let id = try context.parameters.require("id", as: Int.self)
  guard desk.cancel(id, by: user) else { throw HTTPError(.notFound, message: "\(user.name) has no run \(id)") }
  return .accepted
}

/// Tells of a run until it has ended; a user who hangs up ends it.
func tell(_ run: Run, in place: Place, to writer: inout any ResponseBodyWriter) async throws {
  place.hold(run)
  do {
    try await writer.write(ServerEvent("started", "\(place.id)").buffer)
    for await event in run.events {
      if let event = ServerEvent(event) { try await writer.write(event.buffer) }
    }
  } catch {
    run.cancel(reason: "its user has gone", grace: .seconds(1))
    throw error
  }
}

let server = Application(
  router: router, configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: "job-server"))
try await server.runService()

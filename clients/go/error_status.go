package agentbus

import (
	"errors"
	"fmt"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

var codeNames = map[codes.Code]Code{
	codes.Canceled:           Canceled,
	codes.Unknown:            Unknown,
	codes.InvalidArgument:    InvalidArgument,
	codes.DeadlineExceeded:   DeadlineExceeded,
	codes.NotFound:           NotFound,
	codes.AlreadyExists:      AlreadyExists,
	codes.PermissionDenied:   PermissionDenied,
	codes.ResourceExhausted:  ResourceExhausted,
	codes.FailedPrecondition: FailedPrecondition,
	codes.Aborted:            Aborted,
	codes.OutOfRange:         OutOfRange,
	codes.Unimplemented:      Unimplemented,
	codes.Internal:           Internal,
	codes.Unavailable:        Unavailable,
	codes.DataLoss:           DataLoss,
	codes.Unauthenticated:    Unauthenticated,
}

func codeName(code codes.Code) Code {
	if name, ok := codeNames[code]; ok {
		return name
	}
	return Unknown
}

// cutConnection is what a broken connection looks like. The bus says why in each of its errors, so one of these without a
// reason was made on the way. Whoever may have cancelled the call looks at its context first.
var cutConnection = map[codes.Code]bool{
	codes.Aborted:  true,
	codes.Canceled: true,
	codes.Internal: true,
	codes.Unknown:  true,
	codes.DataLoss: true,
}

// errorOf makes an Error of what a call to the bus at address failed with.
func errorOf(err error, address string) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	said := status.Convert(err)
	for _, detail := range said.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return &Error{
				Code:    codeName(said.Code()),
				Reason:  Reason(info.GetReason()),
				Message: said.Message(),
				Facts:   info.GetMetadata(),
				cause:   err,
			}
		}
	}
	code := codeName(said.Code())
	if cutConnection[said.Code()] {
		code = Unavailable
	}
	message := fmt.Sprintf("no answer from the bus at %s: %s", address, said.Message())
	return &Error{Code: code, Message: message, cause: err}
}

// errorOfFrame makes an Error of the one that a frame of a stream carries.
func errorOfFrame(said *agentbusv1.ErrorStatus) *Error {
	if said == nil {
		return missingError("outcome")
	}
	return &Error{
		Code:    codeName(codes.Code(said.GetCode())),
		Reason:  Reason(said.GetInfo().GetReason()),
		Message: said.GetMessage(),
		Facts:   said.GetInfo().GetMetadata(),
	}
}

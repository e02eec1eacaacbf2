package response

// Rules gives the regimes to the main path; package regime implements it.
type Rules interface{}

// Service runs the use cases.
type Service struct {
	d Deps
}

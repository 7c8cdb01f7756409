"""The API that names, describes, hides and forgets routes, and marks deploys."""

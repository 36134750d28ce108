"""What the API answers, as types: the rendering functions return them, and the API's description is made from them."""

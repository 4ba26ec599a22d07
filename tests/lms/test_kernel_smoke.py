def test_boot(app, make):
    make.user("lecturer")
